/* The pages of jobs. Without it, pages and buttons lead to the same. */
import "./jobs/form.js";
import "./jobs/locked.js";
import "./jobs/search.js";
import "./jobs/choices.js";
import "./jobs/columns.js";
import "./jobs/bulk.js";

/* Makes every page handier. Nothing here is required: without it, links and forms do the same, one page at a time. */

// First, because it decides whether a form is sent at all.
import "./page/sending.js";
import "./page/drafts.js";
import "./page/toast.js";
import "./page/copy.js";
import "./page/menus.js";
import "./page/dialogs.js";
import "./page/theme.js";
import "./page/tabs.js";
import "./page/filters.js";
import "./page/suggestions.js";
import "./page/keys.js";
import "./page/following.js";
import "./page/trouble.js";
import "./list.js";
import "./live.js";

document.querySelector("[data-focus]")?.focus();

// The reader of an OpenAPI document; which one stands in the page.
"use strict";

SwaggerUIBundle({
  url: document.getElementById("api-docs").dataset.url,
  dom_id: "#api-docs",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
});

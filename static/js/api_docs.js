/* The reader of an OpenAPI document; the page names the document. */
SwaggerUIBundle({
  url: document.getElementById("api-docs").dataset.url,
  dom_id: "#api-docs",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  validatorUrl: null,
});

// Starts the vendored Swagger UI 5.35.0 on our own document; no network needed.
window.addEventListener("load", () => {
  SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", deepLinking: true });
});

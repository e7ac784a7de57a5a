// Draws the description of the API. Requests from this page carry the token against forged requests.
const page = document.getElementById("api");

SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (request.method && request.method !== "GET" && new URL(request.url, location).origin === location.origin) {
      request.headers["X-CSRFToken"] = page.dataset.token;
    }
    return request;
  },
});

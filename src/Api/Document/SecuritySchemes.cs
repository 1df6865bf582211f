using System.Text.Json.Nodes;

namespace UserManagement.Api.Document;

/// <summary>By what a caller shows who they are, as the OpenAPI document names it.</summary>
internal static class SecuritySchemes
{
    /// <summary>All of them, by name.</summary>
    public static JsonObject All() =>
        new()
        {
            ["apiKey"] = new JsonObject
            {
                ["type"] = "http",
                ["scheme"] = "bearer",
                ["description"] = "An API key of one workspace: umapi_...",
            },
            ["operatorKey"] = new JsonObject
            {
                ["type"] = "http",
                ["scheme"] = "bearer",
                ["description"] =
                    "A key of whoever runs the server, made by its command line: umop_... It opens what begins with /operator.",
            },
            ["oauth2"] = Oauth2(),
            ["session"] = new JsonObject
            {
                ["type"] = "apiKey",
                ["in"] = "cookie",
                ["name"] = "__Host-session",
                ["description"] = "The cookie of somebody who is signed in, for pages of this origin.",
            },
            ["antiforgery"] = new JsonObject
            {
                ["type"] = "apiKey",
                ["in"] = "header",
                ["name"] = "RequestVerificationToken",
                ["description"] = "The page's antiforgery token; needed with the cookie for all but GET.",
            },
        };

    /// <summary>How an app of the workspace gets a token for itself (RFC 6749 section 4.4); it is sent as a key is, as a bearer.</summary>
    private static JsonObject Oauth2() =>
        new()
        {
            ["type"] = "oauth2",
            ["description"] = "A token of an app of the workspace, by client credentials: umat_..., for ten minutes.",
            ["flows"] = new JsonObject
            {
                ["clientCredentials"] = new JsonObject
                {
                    ["tokenUrl"] = "/connect/token",
                    ["scopes"] = new JsonObject
                    {
                        ["api"] = "This API, as the app's role may.",
                        ["scim"] = "The SCIM door of the workspace, as a directory's token; it opens nothing here.",
                    },
                },
            },
        };
}

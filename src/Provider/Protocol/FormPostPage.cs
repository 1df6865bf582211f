using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using UserManagement.Ui;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace UserManagement.Provider.Protocol;

/// <summary>
/// The answer to an app by a form that sends itself (OAuth 2.0 Form Post Response Mode). The one page that posts to another site:
/// its policy names that site and its one script, and nothing else.
/// </summary>
internal static class FormPostPage
{
    private const string Script = "document.forms[0].submit();";
    private static readonly string Hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Script)));

    public static async ValueTask AnswerAsync(ApplyAuthorizationResponseContext context)
    {
        if (
            context.ResponseMode != ResponseModes.FormPost
            || string.IsNullOrEmpty(context.RedirectUri)
            || context.Transaction.GetHttpRequest()?.HttpContext.Response is not { } response
        )
        {
            return;
        }

        var to = new Uri(context.RedirectUri);
        var page = new StringBuilder(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
                + "<title>On to the app</title></head><body><main><h1>On to the app</h1><form method=\"post\" action=\""
        )
            .Append(Encode(context.RedirectUri))
            .Append("\">");
        foreach (var (name, value) in context.Response.GetParameters())
        {
            if ((string?)value is { } text)
            {
                page.Append("<input type=\"hidden\" name=\"").Append(Encode(name)).Append("\" value=\"").Append(Encode(text)).Append("\">");
            }
        }

        page.Append("<noscript><button>Continue</button></noscript></form></main><script>")
            .Append(Script)
            .Append("</script></body></html>");
        UiHeaders.Store(response.HttpContext);
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'sha256-{Hash}'; form-action {(to.Scheme is "http" or "https" ? to.GetLeftPart(UriPartial.Authority) : to.Scheme + ":")}; base-uri 'none'; frame-ancestors 'none'";
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(page.ToString(), context.CancellationToken);
        context.HandleRequest();
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}

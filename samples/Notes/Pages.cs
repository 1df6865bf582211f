using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace Notes;

/// <summary>The pages.</summary>
internal static class Pages
{
    public static IResult Home(ClaimsPrincipal who) =>
        who.Identity?.IsAuthenticated == true
            ? Page(
                $"""
                <h1>Hello {Text(who.Identity.Name)}</h1>
                <p id="who">You are {Text(Word(who.FindFirst("role")?.Value))} {(HasSeat(who) ? "with a seat" : "without a seat")}
                in {Text(who.FindFirst("workspace_name")?.Value)}.</p>
                <p><a href="/reports">Reports</a>, for who has a license</p>
                <form method="post" action="/signout"><button>Sign out</button></form>
                <script type="module">
                  new EventSource("/ended").onmessage = () => {"{"} document.querySelector("main").innerHTML =
                    '<h1>Signed out</h1><p>Your access ended.</p><p><a href="/signin">Sign in</a></p>'; {"}"};
                </script>
                """
            )
            : Page("""<h1>Notes</h1><p>Nobody is signed in.</p><p><a href="/signin">Sign in</a></p>""");

    public static IResult Reports(ClaimsPrincipal who) =>
        Page($"""<h1>Reports</h1><p>Your license: {Text(Word(who.FindFirst("license")?.Value))}.</p><p><a href="/">Back</a></p>""");

    public static IResult NoLicense() =>
        Page("""<h1>No license</h1><p>Reports need a license. Ask an admin for one.</p><p><a href="/">Back</a></p>""", 403);

    public static IResult NoAccess() => Page("""<h1>No access</h1><p>You were not let in.</p><p><a href="/">Back</a></p>""", 403);

    /// <summary>A form of another site cannot send it: the cookie is not sent along (SameSite=Lax).</summary>
    public static IResult SignOut(ClaimsPrincipal who) =>
        who.Identity?.IsAuthenticated == true
            ? Results.SignOut(
                new() { RedirectUri = "/" },
                [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]
            )
            : Results.Redirect("/");

    private static bool HasSeat(ClaimsPrincipal who) => bool.TryParse(who.FindFirst("seat")?.Value, out var seat) && seat;

    private static string Word(string? key) => string.IsNullOrEmpty(key) ? "nobody" : char.ToUpperInvariant(key[0]) + key[1..];

    private static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    private static IResult Page(string body, int status = 200) =>
        Results.Content(
            $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>Notes</title><link rel="icon" href="data:,"><style>body {"{"} font: 1.1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; {"}"}</style></head>
            <body><main>{body}</main></body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
}

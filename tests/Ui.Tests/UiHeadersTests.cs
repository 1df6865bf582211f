using System.Net;

namespace UserManagement.Ui.Tests;

/// <summary>Pages, errors and data all carry the headers (W4).</summary>
public sealed class UiHeadersTests(GalleryServer server) : IClassFixture<GalleryServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/gallery", HttpStatusCode.OK)]
    [InlineData("/error/404", HttpStatusCode.NotFound)]
    [InlineData("/error/500", HttpStatusCode.InternalServerError)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/api/thing", HttpStatusCode.OK)]
    public async Task Every_answer_carries_the_headers(string path, HttpStatusCode status)
    {
        using var answer = await server.Client.GetAsync(path, Stop);

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
            One("Content-Security-Policy")
        );
        Assert.Equal("nosniff", One("X-Content-Type-Options"));
        Assert.Equal("no-referrer", One("Referrer-Policy"));
        Assert.Equal("same-origin", One("Cross-Origin-Opener-Policy"));
        Assert.Equal("DENY", One("X-Frame-Options"));
        Assert.Contains("camera=()", One("Permissions-Policy"), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));

        string One(string name) => Assert.Single(answer.Headers.GetValues(name));
    }

    [Theory]
    [InlineData("/gallery")]
    [InlineData("/error/403")]
    public async Task A_page_is_never_stored(string path)
    {
        using var answer = await server.Client.GetAsync(path, Stop);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }
}

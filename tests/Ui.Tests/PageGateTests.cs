using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace UserManagement.Ui.Tests;

public sealed class PageGateTests
{
    [Fact]
    public async Task An_answer_is_stored_by_nobody_and_another_page_is_gone_to_by_303()
    {
        var http = Request();
        await PageGate.Answer(_ => Task.FromResult(PageRequest.SeeOther("/signin")))(http);
        Assert.Equal(
            (303, "/signin", "no-cache, no-store"),
            (http.Response.StatusCode, http.Response.Headers.Location.ToString(), http.Response.Headers.CacheControl.ToString())
        );
    }

    [Fact]
    public async Task A_form_is_acted_on_only_when_it_can_be_read_and_bears_our_token()
    {
        var acted = 0;
        Task<IResult> ActAsync(IFormCollection form)
        {
            acted++;
            return Task.FromResult(Results.Ok(form["name"].ToString()));
        }

        Assert.Equal(400, StatusOf(await PageGate.PostedAsync(Request("not a form", "text/plain"), ActAsync)));
        Assert.Equal(
            400,
            StatusOf(
                await PageGate.PostedAsync(Request("name=ada%00", "application/x-www-form-urlencoded"), ActAsync, fromAnotherSite: true)
            )
        );
        Assert.Equal(400, StatusOf(await PageGate.PostedAsync(Request("name=ada", "application/x-www-form-urlencoded"), ActAsync)));
        Assert.Equal(0, acted);
        Assert.Equal(
            200,
            StatusOf(await PageGate.PostedAsync(Request("name=ada", "application/x-www-form-urlencoded"), ActAsync, fromAnotherSite: true))
        );
        Assert.Equal(1, acted);
    }

    [Fact]
    public void Too_many_are_told_when_to_come_again()
    {
        var http = Request();
        Assert.Equal((429, "60"), (StatusOf(PageGate.TooMany(http, 60)), http.Response.Headers.RetryAfter.ToString()));
    }

    private static int? StatusOf(IResult result) => Assert.IsAssignableFrom<IStatusCodeHttpResult>(result).StatusCode;

    private static DefaultHttpContext Request(string? body = null, string? type = null)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().AddUi().BuildServiceProvider() };
        http.Request.Method = body is null ? "GET" : "POST";
        http.Request.ContentType = type;
        http.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body ?? ""));
        return http;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using UserManagement.Testing;

namespace UserManagement.Provider.Tests;

/// <summary>Apps that take logout tokens, each at an address of its own.</summary>
internal sealed class LogoutSink(WebApplication app, Channel<(string App, string Token)> came) : IAsyncDisposable
{
    private int _held;

    public string Address => AddressOf("one");

    /// <summary>Until when those at addresses that begin with <c>slow</c> do not answer; null for at once.</summary>
    public TaskCompletionSource? Hold { get; set; }

    /// <summary>How many wait for an answer now.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>What they answer.</summary>
    public int Status { get; set; } = 200;

    public bool IsEmpty => !came.Reader.TryPeek(out _);

    public string AddressOf(string name) => $"{app.Urls.Single()}/logout/{name}";

    public bool TryNext([NotNullWhen(true)] out string? token)
    {
        var isThere = came.Reader.TryRead(out var next);
        token = next.Token;
        return isThere;
    }

    /// <summary>All that came and was not taken yet.</summary>
    public IReadOnlyList<(string App, string Token)> TakeAll()
    {
        var all = new List<(string App, string Token)>();
        while (came.Reader.TryRead(out var next))
        {
            all.Add(next);
        }

        return all;
    }

    public static async Task<LogoutSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sink = new LogoutSink(app, Channel.CreateUnbounded<(string App, string Token)>());
        app.MapPost("/logout/{name}", sink.TakeAsync);
        await app.StartAsync();
        return sink;
    }

    public async Task<string> NextAsync()
    {
        using var limit = new CancellationTokenSource(Until.Longest);
        return (await came.Reader.ReadAsync(limit.Token)).Token;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        http.Response.StatusCode = Status;
        var name = (string)http.Request.RouteValues["name"]!;
        await came.Writer.WriteAsync((name, form["logout_token"].ToString()));
        if (Hold is { } hold && name.StartsWith("slow", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _held);
            try
            {
                await hold.Task.WaitAsync(http.RequestAborted);
            }
            finally
            {
                Interlocked.Decrement(ref _held);
            }
        }
    }
}

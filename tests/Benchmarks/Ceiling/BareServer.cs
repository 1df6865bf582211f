using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>
/// The ceiling: a minimal API that answers the SCIM addresses of the measures from one table and does nothing else. It
/// checks no token and no body, writes no audit line, keeps no count. Runs as a process of its own, as the server does.
/// </summary>
internal static class BareServer
{
    /// <summary>Serves until the process is ended.</summary>
    /// <param name="args">The word <c>serve-bare</c>, the address, the database's kind, its connection string, and for each workspace its
    /// slug and id.</param>
    public static async Task RunAsync(string[] args)
    {
        BareStore store = args[2] == "Postgres" ? new BarePostgres(args[3]) : new BareSqlite(args[3]);
        var workspaces = args[4..].Chunk(2).ToDictionary(pair => pair[0], pair => Guid.Parse(pair[1]));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(args[1]);
        await using var app = builder.Build();
        var url = args[1] + "/scim/v2/";

        app.MapGet("/livez", http => http.Response.WriteAsync("ok"));
        app.MapGet(
            "/scim/v2/{workspace}/Users/{id}",
            async http =>
            {
                var rows = await store.ReadAsync(BareStore.ByIdSql, Workspace(http), Guid.Parse((string)http.GetRouteValue("id")!));
                await AnswerAsync(http, rows, isList: false);
            }
        );
        app.MapGet(
            "/scim/v2/{workspace}/Users",
            async http =>
            {
                var filter = http.Request.Query["filter"].ToString(); // userName eq "x"
                var rows =
                    filter.Length > 0
                        ? await store.ReadAsync(
                            BareStore.ByNameSql,
                            Workspace(http),
                            filter[(filter.IndexOf('"') + 1)..^1].ToLowerInvariant()
                        )
                        : await store.ReadAsync(BareStore.PageSql, Workspace(http), Guid.Empty, 100L);
                await AnswerAsync(http, rows, isList: true);
            }
        );
        app.MapPost(
            "/scim/v2/{workspace}/Users",
            async http =>
            {
                var row = BareRow.Of(Workspace(http), await BodyAsync(http), Now());
                await store.WriteAsync(BareStore.InsertSql, row.Values());
                http.Response.StatusCode = StatusCodes.Status201Created;
                await AnswerAsync(http, [row], isList: false);
            }
        );
        app.MapPatch(
            "/scim/v2/{workspace}/Users/{id}",
            async http =>
            {
                var body = await BodyAsync(http);
                var row = (await store.ReadAsync(BareStore.ByIdSql, Workspace(http), Guid.Parse((string)http.GetRouteValue("id")!)))[0];
                using var json = JsonDocument.Parse(body);
                var active = json.RootElement.GetProperty("Operations")[0].GetProperty("value").GetBoolean();
                var saved = row with { Active = active, ModifiedAt = Now(), Version = row.Version + 1 };
                if (
                    await store.WriteAsync(
                        BareStore.SaveSql,
                        active,
                        active ? "Active" : "Suspended",
                        saved.ModifiedAt,
                        row.Workspace,
                        row.Id,
                        row.Version
                    ) != 1
                )
                {
                    http.Response.StatusCode = StatusCodes.Status409Conflict;
                    return;
                }

                await AnswerAsync(http, [saved], isList: false);
            }
        );
        await app.RunAsync();

        Guid Workspace(HttpContext http) => workspaces[(string)http.GetRouteValue("workspace")!];

        Task AnswerAsync(HttpContext http, List<BareRow> rows, bool isList)
        {
            var buffer = new ArrayBufferWriter<byte>(1024 * (rows.Count + 1));
            BareRow.Write(buffer, url + (string)http.GetRouteValue("workspace")!, rows, isList);
            http.Response.ContentType = "application/scim+json";
            http.Response.ContentLength = buffer.WrittenCount;
            return http.Response.Body.WriteAsync(buffer.WrittenMemory).AsTask();
        }
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext http)
    {
        var body = new byte[(int)http.Request.ContentLength!];
        await http.Request.Body.ReadExactlyAsync(body);
        return body;
    }
}

using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using UserManagement.Membership.Data;

namespace UserManagement.Testing;

/// <summary>
/// Every secret of 256 bits that goes through a test's server, in either direction: cookies, tokens, keys, links. When the
/// server ends, none of them may stand in its database or its log, neither in clear nor as mere hex. So each test that
/// starts a server is a test of this, too.
/// </summary>
public sealed partial class IssuedSecrets : IStartupFilter
{
    private const int LargestBody = 256 * 1024;

    private readonly ConcurrentDictionary<string, string> seen = new(StringComparer.Ordinal);

    /// <summary>How many were seen.</summary>
    public int Count => seen.Count;

    /// <summary>Keeps those in a text.</summary>
    /// <param name="text">Of a header, an address or a body.</param>
    /// <param name="where">For the message, should one be found again.</param>
    public void Note(string? text, string where)
    {
        foreach (Match match in Token().Matches(text ?? ""))
        {
            seen.TryAdd(match.Groups[1].Value, where);
        }
    }

    /// <summary>Fails when one of them stands in a text, or its bytes do in hex.</summary>
    /// <exception cref="InvalidOperationException">One was found; the message says whence it came, never what it is.</exception>
    public void AssertNoneIn(string text, string what)
    {
        if (seen.IsEmpty)
        {
            return;
        }

        var forms = seen.SelectMany(s =>
                ((string? Form, string Where)[])
                    [
                        (s.Key, s.Value),
                        (Convert.ToHexString(Encoding.ASCII.GetBytes(s.Key)), s.Value + ", as hex"),
                        (Decoded(s.Key), s.Value + ", its bytes as hex"),
                    ]
            )
            .Where(f => f.Form is not null)
            .DistinctBy(f => f.Form)
            .GroupBy(f => f.Form!.Length)
            .ToDictionary(g => g.Key, g => g.ToDictionary(f => f.Form!, f => f.Where, StringComparer.Ordinal));
        foreach (var run in Run().EnumerateMatches(text))
        {
            foreach (var (length, form) in forms)
            {
                var lookup = form.GetAlternateLookup<ReadOnlySpan<char>>();
                for (var i = run.Index; i + length <= run.Index + run.Length; i++)
                {
                    if (lookup.TryGetValue(text.AsSpan(i, length), out var where))
                    {
                        throw new InvalidOperationException(
                            $"A secret that went through {where} stands in the {what}, behind: {Before(text, i)}"
                        );
                    }
                }
            }
        }
    }

    /// <summary>Reads every text and every binary value of a database, the latter as upper-case hex.</summary>
    public static async Task<string> DumpAsync(MembershipDb db)
    {
        var dump = new StringBuilder();
        var connection = db.Database.GetDbConnection();
        await db.Database.OpenConnectionAsync();
        foreach (
            var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()).OfType<string>().Distinct().Order(StringComparer.Ordinal)
        )
        {
            dump.Append('\n').Append(table).Append(":\n");
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT * FROM \"{table}\"";
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    dump.Append(rows.GetName(i))
                        .Append('=')
                        .Append(
                            rows.GetValue(i) switch
                            {
                                // told to browsers so that they find the key: no secret
                                _ when table == "passkeys" && rows.GetName(i) == "credential_id" => null,
                                string s => s,
                                byte[] b => Convert.ToHexString(b),
                                _ => null,
                            }
                        )
                        .Append('\n');
                }
            }
        }

        return dump.ToString();
    }

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(WatchAsync);
            next(app);
        };

    /// <summary>Puts the watch before a server's own pipeline.</summary>
    public void AddTo(WebApplicationBuilder builder) => builder.Services.AddSingleton<IStartupFilter>(this);

    /// <summary>What stands before it in its line, 40 characters at most: the column, or the log's words.</summary>
    private static string Before(string text, int at)
    {
        var line = text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1;
        return text[Math.Max(line, at - 40)..at];
    }

    private static string? Decoded(string secret) =>
        Base64Url.IsValid(secret) ? Convert.ToHexString(Base64Url.DecodeFromChars(secret)) : null;

    private async Task WatchAsync(HttpContext http, RequestDelegate next)
    {
        Note(http.Request.Path.Value, "an address");
        Note(http.Request.Headers.Authorization, "an Authorization header");
        Note(http.Request.Headers.Cookie, "a cookie");
        var body = http.Response.Body;
        await using var tee = new TeeStream(body, LargestBody);
        http.Response.Body = tee;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
            Note(http.Response.Headers.SetCookie, "a cookie");
            Note(http.Response.Headers.Location, "a redirect");
            Note(tee.Text, $"the answer of {http.Request.Method} {http.GetEndpoint()?.DisplayName}");
        }
    }

    // What travels in a longer value (a sealed state, a JWT) is no secret of this kind.
    // 43 characters are what Secret.New makes, 63 what Secret.Within does.
    [GeneratedRegex("(?<![A-Za-z0-9_.-])(?:um[a-z]+_)?([A-Za-z0-9_-]{43}|[A-Za-z0-9_-]{63})(?![A-Za-z0-9_.-])")]
    private static partial Regex Token();

    [GeneratedRegex("[A-Za-z0-9_-]{43,}")]
    private static partial Regex Run();

    /// <summary>
    /// Passes on what is written and keeps the beginning of it. No MemoryStream, into which another one copies itself without waiting.
    /// </summary>
    private sealed class TeeStream(Stream to, int limit) : Stream
    {
        private readonly MemoryStream kept = new();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public string Text => Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);

        public override void Flush() => to.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => to.FlushAsync(cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Keep(buffer);
            to.Write(buffer);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Keep(buffer.Span);
            return to.WriteAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            kept.Dispose();
            base.Dispose(disposing);
        }

        private void Keep(ReadOnlySpan<byte> bytes) => kept.Write(bytes[..(int)Math.Min(bytes.Length, limit - kept.Length)]);
    }
}

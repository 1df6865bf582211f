using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Webhooks;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.AuditStreams;

/// <summary>The audit log on its way to a SIEM: in order, at least once, in the forms that receivers read.</summary>
public sealed partial class SendAuditStreamsTests
{
    private static readonly WebhookPost NoPost = (_, _) => throw new InvalidOperationException("Nothing is posted here.");
    private static readonly TlsWrite NoWrite = (_, _, _, _, _) => throw new InvalidOperationException("Nothing is written here.");

    [Theory, EachDatabase]
    public async Task Sealed_lines_go_by_syslog_in_their_order_and_what_was_not_taken_goes_again_first(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        await new SealAudit(acme.Store).RunAsync(default);
        var stream = (
            await CreateAsync(
                acme,
                boss,
                new()
                {
                    Name = "SIEM",
                    Kind = AuditStreamKind.Syslog,
                    Address = "siem.acme.test",
                }
            )
        ).Value;
        var (got, away) = (new List<string>(), false);
        var send = Sender(
            acme,
            write: (host, port, _, bytes, _) =>
            {
                Assert.Equal(("siem.acme.test", 6514), (host, port));
                if (away)
                {
                    return Task.FromResult<Outcome<Nothing>>(new Refusal(RefusalKind.Unavailable, "unreachable", "Away."));
                }

                got.AddRange(Frames(bytes.ToArray()));
                return Task.FromResult<Outcome<Nothing>>(default(Nothing));
            }
        );
        Assert.Equal(0, await send.RunAsync(default)); // from the next line on
        await acme.ProvisionAsync("quote\"back\\slash]@acme.test");
        await new SealAudit(acme.Store).RunAsync(default);
        var first = await send.RunAsync(default);
        Assert.True(first > 1);
        Assert.Equal(first, got.Count);
        await using var lag = acme.Store.Read();
        Assert.Null(await AuditStreamLag.SinceAsync(lag, default));

        away = true;
        await acme.JoinAsync("jo@acme.test");
        await new SealAudit(acme.Store).RunAsync(default);
        var owed = acme.Clock.GetUtcNow();
        acme.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(owed, await AuditStreamLag.SinceAsync(lag, default)); // also where no server sends
        Assert.Equal(0, await send.RunAsync(default));
        Assert.Equal(owed, await AuditStreamLag.SinceAsync(lag, default));
        var view = (await new ListAuditStreams(acme.Store).OneAsync(boss, acme.Id, stream.Id, default)).Value;
        Assert.True(view.Behind > 0);
        Assert.Equal(("Away.", acme.Clock.GetUtcNow()), (view.Position.LastError, view.Position.FailingSince));
        away = false;
        Assert.Equal(0, await send.RunAsync(default)); // it is left alone for a while
        acme.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(view.Behind, await send.RunAsync(default));
        view = (await new ListAuditStreams(acme.Store).OneAsync(boss, acme.Id, stream.Id, default)).Value;
        Assert.Equal((0, null, null), (view.Behind, view.Position.LastError, view.Position.FailingSince));
        Assert.Null(await AuditStreamLag.SinceAsync(lag, default));
        Assert.Equal(0, await send.RunAsync(default));

        var messages = got.ConvertAll(m => Message().Match(m));
        Assert.All(messages, m => Assert.True(m.Success));
        Assert.All(messages, m => Assert.Equal("109", m.Groups["pri"].Value)); // log audit, notice
        Assert.All(messages, m => Assert.InRange(m.Groups["msgid"].Value.Length, 1, 32));
        var sequences = messages.ConvertAll(m => long.Parse(m.Groups["sequence"].Value, CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range((int)sequences[0], sequences.Count).Select(n => (long)n), sequences); // no gap, no twin
        var bodies = messages.ConvertAll(m => JsonDocument.Parse(m.Groups["json"].Value).RootElement);
        Assert.Equal(sequences, bodies.Select(b => b.GetProperty("sequence").GetInt64()));
        Assert.Contains(messages, m => m.Groups["data"].Value.Contains("quote\\\"back\\\\slash\\]@acme.test", StringComparison.Ordinal));
        Assert.Contains(bodies, b => b.GetProperty("act").GetString() == "auditStream.created");
    }

    [Theory, EachDatabase]
    public async Task By_https_json_lines_go_with_the_token_and_two_servers_send_nothing_twice(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        for (var i = 0; i < 260; i++)
        {
            await acme.InviteAsync($"p{i}@acme.test");
        }

        await new SealAudit(acme.Store).RunAsync(default);
        await CreateAsync(
            acme,
            boss,
            new()
            {
                Name = "SIEM",
                Kind = AuditStreamKind.Https,
                Address = "https://siem.acme.test/in",
                Token = "s3cret-token",
                FromStart = true,
            }
        );
        var got = new List<long>();
        WebhookPost post = (request, _) =>
        {
            Assert.Equal(("application/x-ndjson", "Bearer s3cret-token"), (request.MediaType, request.Headers["Authorization"]));
            var lines = Encoding.UTF8.GetString(request.Body).TrimEnd('\n').Split('\n');
            lock (got)
            {
                got.AddRange(lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("sequence").GetInt64()));
            }

            return Task.FromResult<Outcome<WebhookAnswer>>(new WebhookAnswer(202, ""));
        };
        var both = await Task.WhenAll(Sender(acme, post).RunAsync(default), Sender(acme, post).RunAsync(default));
        Assert.True(both.Sum() > SendAuditStreams.Most);
        Assert.Equal(Enumerable.Range(1, both.Sum()).Select(n => (long)n), got);
        Assert.DoesNotContain("s3cret-token", string.Concat((await acme.AuditAsync()).Select(l => l.After)), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_stream_is_set_up_changed_and_removed_by_who_may_and_each_leaves_its_line(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var boss = acme.As(await acme.JoinAsync("boss@acme.test", "admin"));
        AuditStreamDraft https = new()
        {
            Name = "SIEM",
            Kind = AuditStreamKind.Https,
            Address = "https://siem.acme.test/in",
            Token = "t",
        };
        (AuditStreamDraft Draft, string Code)[] wrong =
        [
            (https with { Name = " " }, "invalidName"),
            (https with { Address = "http://siem.acme.test" }, "invalidAddress"),
            (https with { Address = "https://user@siem.acme.test" }, "invalidAddress"),
            (https with { Token = "a b" }, "invalidToken"),
            (https with { Authorities = "-----BEGIN" }, "invalidAuthorities"),
            (
                new()
                {
                    Name = "S",
                    Kind = AuditStreamKind.Syslog,
                    Address = "https://siem",
                },
                "invalidAddress"
            ),
            (
                new()
                {
                    Name = "S",
                    Kind = AuditStreamKind.Syslog,
                    Address = "siem:0",
                },
                "invalidAddress"
            ),
            (
                new()
                {
                    Name = "S",
                    Kind = AuditStreamKind.Syslog,
                    Address = "siem:1",
                    Token = "t",
                },
                "invalidToken"
            ),
            (
                new()
                {
                    Name = "S",
                    Kind = AuditStreamKind.Syslog,
                    Address = "siem:1",
                    Authorities = "none",
                },
                "invalidAuthorities"
            ),
        ];
        foreach (var (draft, code) in wrong)
        {
            Assert.Equal(code, (await CreateAsync(acme, boss, draft)).Refusal?.Code);
        }

        Assert.Equal("forbidden", (await CreateAsync(acme, acme.Directory, https)).Refusal!.Code);
        Assert.Equal("signInAgain", (await CreateAsync(acme, boss with { FreshUntil = null }, https)).Refusal!.Code);
        var made = (await CreateAsync(acme, boss, https)).Value;
        Assert.True(
            (
                await CreateAsync(
                    acme,
                    boss,
                    new()
                    {
                        Name = "Six",
                        Kind = AuditStreamKind.Syslog,
                        Address = "[2001:db8::1]:6514",
                    }
                )
            ).Done
        );
        var change = new ChangeAuditStream(acme.Store, new());
        Task<Outcome<AuditStream>> ToAsync(Func<AuditStreamDraft, AuditStreamDraft> how, long? seen = null) =>
            change.RunAsync(boss, acme.Id, made.Id, seen, how, default);
        Assert.Equal("tokenNeeded", (await ToAsync(d => d with { Address = "https://other.acme.test" })).Refusal!.Code);
        Assert.Equal("invalidKind", (await ToAsync(d => d with { Kind = AuditStreamKind.Syslog })).Refusal!.Code);
        Assert.Equal("stale", (await ToAsync(d => d, 9)).Refusal!.Code);
        Assert.NotNull((await ToAsync(d => d with { Enabled = false })).Value.DisabledAt);
        await new SealAudit(acme.Store).RunAsync(default);
        Assert.Equal(
            0,
            await Sender(acme, write: (_, _, _, _, _) => Task.FromResult<Outcome<Nothing>>(new Refusal(RefusalKind.Unavailable, "x", "x")))
                .RunAsync(default)
        );
        Assert.True((await new RemoveAuditStream(acme.Store).RunAsync(boss, acme.Id, made.Id, default)).Done);
        Assert.Equal("notFound", (await new RemoveAuditStream(acme.Store).RunAsync(boss, acme.Id, made.Id, default)).Refusal!.Code);
        Assert.Equal(
            ["auditStream.changed", "auditStream.created", "auditStream.created", "auditStream.removed"],
            (await acme.AuditAsync()).Where(l => l is { Refused: false, TargetKind: "auditStream" }).Select(l => l.Act).Order()
        );
        for (var i = 0; i < CreateAuditStream.Most - 1; i++)
        {
            Assert.True((await CreateAsync(acme, boss, https)).Done);
        }

        Assert.Equal("tooManyStreams", (await CreateAsync(acme, boss, https)).Refusal!.Code);
    }

    private static Task<Outcome<AuditStream>> CreateAsync(TestWorkspace acme, Actor actor, AuditStreamDraft draft) =>
        new CreateAuditStream(acme.Store, new()).RunAsync(actor, acme.Id, draft, default);

    private static SendAuditStreams Sender(TestWorkspace acme, WebhookPost? post = null, TlsWrite? write = null) =>
        new(acme.Store, post ?? NoPost, write ?? NoWrite, new Links(new("https://people.example.org")));

    /// <summary>Messages in frames of RFC 5425: a length, a blank, and so many bytes.</summary>
    private static IEnumerable<string> Frames(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; )
        {
            var blank = Array.IndexOf(bytes, (byte)' ', at);
            var length = int.Parse(Encoding.ASCII.GetString(bytes, at, blank - at), CultureInfo.InvariantCulture);
            yield return Encoding.UTF8.GetString(bytes, blank + 1, length);
            at = blank + 1 + length;
        }
    }

    // RFC 5424 section 6: PRI VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID [SD] BOM MSG
    [GeneratedRegex(
        "^<(?<pri>[0-9]{1,3})>1 [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z people[.]example[.]org usermanagement - (?<msgid>[!-~]+) "
            + "(?<data>\\[audit@32473 workspace=\"acme\" sequence=\"(?<sequence>[0-9]+)\"( [a-zA-Z]+=\"([^\"\\\\\\]]|\\\\[\"\\\\\\]])*\")+\\]) \ufeff(?<json>[{].*[}])$"
    )]
    private static partial Regex Message();
}

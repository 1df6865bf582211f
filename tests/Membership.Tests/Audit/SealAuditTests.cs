using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

public class SealAuditTests
{
    [Theory, EachDatabase]
    public async Task Lines_are_chained_without_gaps_and_an_erasure_keeps_the_chain(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.OtherAsync();
        var ada = (await acme.ProvisionAsync("ada@example.com")).Value;
        await new SealAudit(acme.Store).RunAsync(default);
        var first = await acme.HeadAsync();
        await acme.SayAsync(ada.Id, false);
        Assert.True((await new EndMember(acme.Store).RunAsync(acme.Directory, acme.Id, ada.Id, null, default)).Done);
        Assert.Contains(await new SealAudit(acme.Store).RunAsync(default), h => h.WorkspaceId == acme.Id);
        Assert.Empty(await new SealAudit(acme.Store).RunAsync(default));
        var lines = await acme.AuditAsync();
        Assert.All(lines, l => Assert.Equal((null, null), (l.Sequence, l.Chain)));
        var whole = await acme.ExportAsync();
        Assert.Contains("ada@example.com", whole, StringComparison.Ordinal);
        var proof = await acme.CheckAsync(whole, first.ToJson());
        Assert.Equal((null, lines.Count, 1), (proof.Fault, (int)proof.Lines, proof.Heads));

        acme.Clock.Advance(TimeSpan.FromDays(31));
        await new SweepOver(acme.Store).RunAsync(new RetentionRules(), default);
        await new SealAudit(acme.Store).RunAsync(default);
        var erased = await acme.ExportAsync();
        Assert.DoesNotContain("ada@example.com", erased, StringComparison.Ordinal);
        proof = await acme.CheckAsync(erased, first.ToJson(), SealedLog.LastHead(whole));
        Assert.Null(proof.Fault);
        Assert.Equal((lines.Count + 1, 2, true), ((int)proof.Lines, proof.Heads, proof.Erased > 0));
        Assert.Equal(
            "notSealed",
            (await new ExportAudit(acme.Store).RunAsync(Actor.Operator, new(Guid.CreateVersion7()), TextWriter.Null, default)).Refusal!.Code
        );
        Assert.Equal(
            "forbidden",
            (await new ExportAudit(acme.Store).RunAsync(acme.Directory, acme.Id, TextWriter.Null, default)).Refusal!.Code
        );
    }

    [Theory, EachDatabase]
    public async Task Many_sealers_at_once_seal_each_line_once(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        var beta = await acme.OtherAsync();
        for (var n = 0; n < 5; n++)
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(i => acme.ProvisionAsync($"p{n}-{i}@example.com")));
            await beta.ProvisionAsync($"p{n}@example.com");
            acme.Clock.Advance(TimeSpan.FromSeconds(n * 10));
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => new SealAudit(acme.Store).RunAsync(default)));
        }

        await new SealAudit(acme.Store).RunAsync(default);
        var lines = await acme.AuditAsync();
        Assert.True(lines.Count > 300);
        await acme.HoldsAsync();
        await beta.HoldsAsync();
    }

    [Theory, EachDatabase]
    public async Task Whatever_is_done_to_an_export_is_found(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        foreach (var name in new[] { "ada", "bob", "cyd" })
        {
            await acme.ProvisionAsync($"{name}@example.com");
        }

        await new SealAudit(acme.Store).RunAsync(default);
        var export = await acme.ExportAsync();
        var lines = export.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Null((await acme.CheckAsync(export)).Fault);
        (string Says, IEnumerable<string> Lines)[] forged =
        [
            ("lines are missing", lines.Where((_, i) => i != 2)),
            (
                "lines are missing, or stand in another order",
                lines.Select(
                    (l, i) =>
                        i == 2 ? lines[3]
                        : i == 3 ? lines[2]
                        : l
                )
            ),
            ("the export is cut off", lines[..^1]),
            ("does not fit", [.. lines[..^2], lines[^1]]),
            ("follows the head", [.. lines, lines[1]]),
            ("cannot be read", lines.Select((l, i) => i == 1 ? "{}" : l)),
            ("cannot be read", lines.Select((l, i) => i == 1 ? "no json" : l)),
            ("what it said", lines.Select(l => l.Replace("bob@example.com", "eve@example.com", StringComparison.Ordinal))),
            ("what it said", lines.Select(l => l.Replace("\"salt\":\"", "\"salt\":\"00", StringComparison.Ordinal))),
            ("fit the chain", lines.Select(l => l.Replace("member.provisioned", "member.removed", StringComparison.Ordinal))),
            ("fit the chain", lines.Select(l => l.Replace("\"door\":\"Scim\"", "\"door\":\"Api\"", StringComparison.Ordinal))),
            ("not of this key", lines.Select(l => l.Replace("\"signature\":\"", "\"signature\":\"AAAA", StringComparison.Ordinal))),
            ("its first line", lines.Skip(1)),
            ("its first line", []),
        ];
        foreach (var (says, text) in forged)
        {
            var fault = (await acme.CheckAsync(string.Join('\n', text))).Fault;
            Assert.True(fault?.Contains(says, StringComparison.Ordinal) == true, $"{says}: {fault}");
        }

        using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains(
            "not of this key",
            (await AuditProof.CheckAsync(new StringReader(export), another.ExportSubjectPublicKeyInfoPem(), null, default)).Fault,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no public key",
            (await AuditProof.CheckAsync(new StringReader(export), "nothing", null, default)).Fault,
            StringComparison.Ordinal
        );

        // a log that was made anew with the right key, by whoever has the server: a kept head shows it
        var kept = (await acme.HeadAsync()) with
        {
            Chain = SHA256.HashData("another log"u8),
        };
        kept = kept with { Signature = AuditSigner.Sign(acme.Store.Box, acme.Id.Value, kept.Sequence, kept.Chain, kept.At) };
        Assert.Contains("made anew", (await acme.CheckAsync(export, kept.ToJson())).Fault, StringComparison.Ordinal);
        Assert.Contains(
            "is not signed with this key",
            (await acme.CheckAsync(export, (kept with { Sequence = 1 }).ToJson())).Fault,
            StringComparison.Ordinal
        );
        kept = kept with { Sequence = 1000, Signature = AuditSigner.Sign(acme.Store.Box, acme.Id.Value, 1000, kept.Chain, kept.At) };
        Assert.Contains("the log ends at", (await acme.CheckAsync(export, kept.ToJson())).Fault, StringComparison.Ordinal);
    }
}

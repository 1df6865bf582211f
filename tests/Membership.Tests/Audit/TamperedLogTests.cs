using UserManagement.Membership.Audit;
using UserManagement.Testing;
using Xunit;

namespace UserManagement.Membership.Tests.Audit;

/// <summary>Whoever owns the database can change everything in it: the check of an export finds it.</summary>
public class TamperedLogTests
{
    /// <summary>The last line of the segment in the middle: where the sealed chain and what the lines say now part.</summary>
    private const string LineSeven = "Line 7 (member.edited) does not fit the chain";

    private static readonly (string Says, Func<TestWorkspace, List<AuditSegment>, Guid, Task<int>> Change)[] Changes =
    [
        ("lines are missing", (w, _, line) => w.ExecuteAsync("DELETE FROM audit_entries WHERE id = {0}", line)),
        (LineSeven, (w, _, line) => w.ExecuteAsync("UPDATE audit_entries SET act = 'member.removed' WHERE id = {0}", line)),
        (LineSeven, (w, _, line) => w.ExecuteAsync("UPDATE audit_entries SET target_id = NULL WHERE id = {0}", line)),
        ("what it said", (w, _, line) => w.ExecuteAsync("UPDATE audit_entries SET target_name = 'Eve' WHERE id = {0}", line)),
        (
            LineSeven,
            (w, _, line) => w.ExecuteAsync("UPDATE audit_entries SET salt = NULL, digest = NULL, target_name = 'Eve' WHERE id = {0}", line)
        ),
        (
            LineSeven,
            (w, segments, _) =>
                LinesAsync(w, segments[1], [.. segments[1].Lines[16..32], .. segments[1].Lines[..16], .. segments[1].Lines[32..]])
        ),
        (LineSeven, (w, segments, _) => LinesAsync(w, segments[1], [.. segments[0].Lines[..16], .. segments[1].Lines[16..]])),
        ("lines are missing", (w, segments, _) => LinesAsync(w, segments[1], segments[1].Lines[..16])),
        ("lines are missing", (w, segments, _) => LinesAsync(w, segments[1], [.. segments[1].Lines[..20]])),
        ("lines are missing", (w, segments, _) => LinesAsync(w, segments[1], new byte[segments[1].Lines.Length])),
        (
            "lines are missing",
            (w, segments, _) =>
                w.ExecuteAsync("DELETE FROM audit_segments WHERE workspace_id = {0} AND first = {1}", w.Id.Value, segments[1].First)
        ),
        (
            LineSeven,
            (w, segments, _) =>
                w.ExecuteAsync(
                    "UPDATE audit_segments SET chain = {2} WHERE workspace_id = {0} AND first = {1}",
                    w.Id.Value,
                    segments[1].First,
                    segments[0].Chain
                )
        ),
        (
            "not of this key",
            (w, segments, _) =>
                w.ExecuteAsync(
                    "UPDATE audit_segments SET signature = {2} WHERE workspace_id = {0} AND first = {1}",
                    w.Id.Value,
                    segments[2].First,
                    segments[1].Signature
                )
        ),
        (
            "the log ends at",
            (w, segments, _) =>
                w.ExecuteAsync("DELETE FROM audit_segments WHERE workspace_id = {0} AND first = {1}", w.Id.Value, segments[2].First)
        ),
    ];

    [Theory, EachDatabase]
    public async Task Whatever_is_done_to_the_database_is_found(Database kind)
    {
        await using var acme = await TestWorkspace.NewAsync(kind);
        await acme.OpenUpAsync();
        for (var n = 0; n < Changes.Length; n++)
        {
            var (says, change) = Changes[n];
            var workspace = await acme.OtherAsync($"w{n}");
            for (var piece = 0; piece < 3; piece++)
            {
                acme.Clock.Advance(TimeSpan.FromSeconds(1));
                await workspace.WriteAsync([
                    .. Enumerable.Range(0, 3).Select(_ => workspace.Line(acme.Clock.Now, target: Guid.CreateVersion7())),
                ]);
                await workspace.SealAsync();
            }

            var segments = await workspace.SegmentsAsync();
            Assert.Equal(3, segments.Count);
            var head = (await workspace.HeadAsync()).ToJson();
            await workspace.HoldsAsync(head);
            Assert.Equal(1, await change(workspace, segments, AuditSegment.Unpack(segments[1].Lines)[1]));
            var fault = (await workspace.CheckAsync(await workspace.ExportAsync(), head)).Fault;
            Assert.True(fault?.Contains(says, StringComparison.Ordinal) == true, $"{n}, {says}: {fault}");
        }
    }

    private static Task<int> LinesAsync(TestWorkspace workspace, AuditSegment segment, byte[] lines) =>
        workspace.ExecuteAsync(
            "UPDATE audit_segments SET lines = {2} WHERE workspace_id = {0} AND first = {1}",
            workspace.Id.Value,
            segment.First,
            lines
        );
}

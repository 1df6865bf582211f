using System.Globalization;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Undo;

namespace UserManagement.Host.Verbs;

/// <summary>The verb that undoes a cycle of a directory.</summary>
internal static class UndoVerbs
{
    public static Verb Undo { get; } =
        new(
            "scim undo",
            "SLUG CYCLE [--confirm N]",
            "Undoes what a directory did in one cycle",
            """
            Without --confirm it says what would be done and changes nothing. With the number of people and groups that it names it
            begins; a running server works it off. Asked again it tells how far that is and what is left. CYCLE is the id of a cycle,
            as the page and the REST API give it. What somebody changed since is left as it is.

              usermanagement scim undo acme 019e1c2d-7b7a-7d54-9a36-0f5d9d5f8c11
              usermanagement scim undo acme 019e1c2d-7b7a-7d54-9a36-0f5d9d5f8c11 --confirm 612
            """,
            2,
            [("--confirm N", "Do it; N is how many people and groups it concerns")],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var confirmed = WorkspaceVerbs.Number(call, "confirm", 1, int.MaxValue);
                if (!Id<ProvisioningCycle>.TryParse(call.Operands[1], out var cycle))
                {
                    throw new UsageException("This is no id of a cycle.");
                }

                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                if ((await core.Act<ReadUndo>().RunAsync(Actor.Operator, workspace.Id, cycle, ct)).Is(out var progress, out _))
                {
                    await TellAsync(call.Out, progress);
                    return Exit.Done;
                }

                if (!(await core.Act<PreviewUndo>().RunAsync(Actor.Operator, workspace.Id, cycle, ct)).Is(out var preview, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await TellAsync(call.Out, preview);
                if (confirmed is null)
                {
                    await call.Out.WriteLineAsync($"Nothing was changed. Add --confirm {Number(preview.Total)} to do it.");
                    return Exit.Done;
                }

                if (confirmed != preview.Total)
                {
                    return await call.RefuseAsync(UndoCycle.Unconfirmed(preview.Total));
                }

                var begun = await core.Act<UndoCycle>().RunAsync(Actor.Operator, workspace.Id, cycle, confirmed, ct);
                if (begun.Refusal is { } no)
                {
                    return await call.RefuseAsync(no);
                }

                await call.Out.WriteLineAsync("Begun. A running server works it off; ask again to see how far it is.");
                return Exit.Done;
            }
        );

    private static async Task TellAsync(TextWriter output, UndoPreview preview)
    {
        await output.WriteLineAsync(
            $"Cycle {Number(preview.Cycle.Number)} of {preview.Cycle.Client} changed {Number(preview.Total)} people and groups."
        );
        foreach (var line in UndoWords.Of(preview))
        {
            await output.WriteLineAsync("  " + line);
        }

        await LeftAsync(output, preview.LeftCount, [.. preview.Left.Select(l => (l.Name, (string?)l.Reason))]);
    }

    private static async Task TellAsync(TextWriter output, UndoProgress progress)
    {
        var run = progress.Run;
        await output.WriteLineAsync(
            $"Cycle {Number(run.Number)} of {run.Client} {(run.DoneAt is null ? "is being undone" : "was undone")}, asked for by {run.AskedBy}: "
                + $"{Number(run.Seen)} of {Number(run.Total)} done."
        );
        await LeftAsync(output, run.LeftOut, [.. progress.Left.Select(l => (l.TargetName, l.Reason))]);
    }

    private static async Task LeftAsync(TextWriter output, int count, List<(string? Name, string? Reason)> left)
    {
        if (count > 0)
        {
            await output.WriteLineAsync($"Left, in part or wholly: {Number(count)}");
        }

        foreach (var (name, reason) in left)
        {
            await output.WriteLineAsync($"  {name ?? "(erased)"}: {reason}");
        }
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}

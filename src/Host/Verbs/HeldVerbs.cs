using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about what directories said and nobody has carried out.</summary>
internal static class HeldVerbs
{
    private const int Page = ListHeld.Most;

    public static Verb List { get; } =
        new(
            "held list",
            "SLUG",
            "Lists of whom a directory's word is held",
            """
            One line each: the user name, what the directory said, since when, until when an admin may decide, and what they would have if it
            were carried out now, or why that would be refused. Then the seats that it needs.

              usermanagement held list acme
            """,
            1,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var list = core.Act<ListHeld>();
                PageCursor? after = null;
                do
                {
                    var page = (await list.PageAsync(Actor.Operator, workspace.Id, true, null, after, Page, ct)).Value;
                    foreach (var row in page.People)
                    {
                        var member = row.Member;
                        await call.Out.WriteLineAsync(
                            $"{member.UserName.PadRight(40)} {Word.Of(member.HeldAs!.Value).ToLowerInvariant().PadRight(13)} since {Time(member.HeldSince)} until {Time(member.HeldUntil)}  {Then(row)}"
                        );
                    }

                    after = page.Next;
                } while (after is not null);
                var summary = (await list.SummaryAsync(Actor.Operator, workspace.Id, ct)).Value;
                foreach (var group in summary.Groups)
                {
                    await call.Out.WriteLineAsync($"group {group.Name}: {group.Client} would empty it, since {Time(group.OpenSince)}");
                }

                await call.Out.WriteLineAsync(
                    string.Create(CultureInfo.InvariantCulture, $"{summary.People} wait for a decision, {summary.Kept} are kept")
                );
                if (summary is { SeatsFree: { } free, Need: { Taken: > 0 } need })
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"needs {need.Taken} seats, {free} are free, {need.Freed} come free, {summary.SeatsShort} are missing"
                        )
                    );
                }

                return Exit.Done;
            }
        );

    public static Verb Decide { get; } =
        new(
            "held decide",
            "SLUG release|keep [--user USERNAME | --afterwards apply|dangerous]",
            "Carries out what a directory said of somebody or of all, or keeps them as they are",
            """
            release carries it out, keep leaves people as they are until the directory says otherwise. Without a user name all are meant of
            whom something waits; of many the server that runs does the rest. --afterwards says what is held from then on: nothing (apply; a
            breaker stays), or only who would be deactivated or deleted (dangerous).

              usermanagement held decide acme keep
              usermanagement held decide acme release --user ada@acme.example
            """,
            2,
            [
                ("--user USERNAME", "The person who is meant. Default: all of whom something waits"),
                ("--afterwards apply|dangerous", "What is held from then on. Default: as before"),
            ],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                if (call.Operands[1] is not ("release" or "keep"))
                {
                    return await call.RefuseAsync(Refusal.Invalid("verdict", "Say release or keep."));
                }

                if (call.Option("afterwards") is { } word && (word is not ("apply" or "dangerous") || call.Option("user") is not null))
                {
                    return await call.RefuseAsync(Refusal.Invalid("afterwards", "Say apply or dangerous, with a decision on all."));
                }

                HoldMode? afterwards = call.Option("afterwards") switch
                {
                    "apply" => HoldMode.Apply,
                    "dangerous" => HoldMode.HoldDangerous,
                    _ => null,
                };
                var verdict = call.Operands[1] == "release" ? HoldVerdict.Release : HoldVerdict.Keep;
                var decide = core.Act<DecideHeld>();
                if (call.Option("user") is not { } user)
                {
                    var all = await decide.AllAsync(Actor.Operator, workspace.Id, verdict, afterwards, ct);
                    if (all.Refusal is { } no)
                    {
                        return await call.RefuseAsync(no);
                    }

                    var left = (await core.Act<ListHeld>().SummaryAsync(Actor.Operator, workspace.Id, ct)).Value.People;
                    await call.Out.WriteLineAsync(
                        left == 0
                            ? "Decided on all."
                            : string.Create(CultureInfo.InvariantCulture, $"Decided; {left} are still to be worked through.")
                    );
                    return Exit.Done;
                }

                await using var db = core.Act<Store>().Read();
                var key = Key.Of(user);
                var id = await db
                    .Members.Where(m => m.WorkspaceId == workspace.Id && m.UserNameKey == key)
                    .Select(m => (Id<Member>?)m.Id)
                    .FirstOrDefaultAsync(ct);
                var refusal = id is not { } one
                    ? Refusal.NotFound("member")
                    : (await decide.RunAsync(Actor.Operator, workspace.Id, [one], verdict, ct)).Value[0].Refusal;
                if (refusal is not null)
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(verdict == HoldVerdict.Release ? "Carried out." : "Kept as they are.");
                return Exit.Done;
            }
        );

    private static string Then(HeldForecast row) =>
        row.Conflict is { } no ? $"refused: {no.Message}"
        : row.After is not { State: MemberState.Active } after ? "no access"
        : string.Join(
            ", ",
            new[]
            {
                after.Role + (row.LacksSeat ? $" (no seat is free to be {row.Wanted})" : ""),
                after.License,
                row.Rule is { } rule ? $"by the rule {rule}" : null,
                row.Same is { } same ? $"same address as {same.UserName}, who is here" : null,
                row.Member is { HeldMatch: { } match, HeldAs: not HeldAs.Admission }
                    ? $"was here already ({Word.Of(match).ToLowerInvariant()})"
                    : null,
            }.Where(w => w is not null)
        );

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}

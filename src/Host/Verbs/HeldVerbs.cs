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
                if (summary.HereAlready > 0)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{summary.New} are new, {summary.HereAlready} are here already: release leaves these out, merge makes them one"
                        )
                    );
                }

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
            "SLUG release|keep|merge [--user USERNAME | --afterwards apply|dangerous]",
            "Carries out what a directory said of somebody or of all, or keeps them as they are",
            """
            release carries it out, keep leaves people as they are until the directory says otherwise. merge makes one person of whom the
            directory would let in and of the only one who is here with their mail address: account, role, license, seat, groups and term
            stay. It cannot be taken back. Without a user name all are meant of whom something waits: release leaves out who is here already
            by their address, merge means these alone. Of many the server that runs does the rest. --afterwards says what is held from then on: nothing (apply; a
            breaker stays), or only who would be deactivated or deleted (dangerous).

              usermanagement held decide acme keep
              usermanagement held decide acme release --user ada@acme.example
              usermanagement held decide acme merge --user ada@corp.example
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

                HoldVerdict? said = call.Operands[1] switch
                {
                    "release" => HoldVerdict.Release,
                    "keep" => HoldVerdict.Keep,
                    "merge" => HoldVerdict.Merge,
                    _ => null,
                };
                if (said is not { } verdict)
                {
                    return await call.RefuseAsync(Refusal.Invalid("verdict", "Say release, keep or merge."));
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
                var decide = core.Act<DecideHeld>();
                if (call.Option("user") is not { } user)
                {
                    var all = await decide.AllAsync(Actor.Operator, workspace.Id, verdict, afterwards, ct);
                    if (all.Refusal is { } no)
                    {
                        return await call.RefuseAsync(no);
                    }

                    var now = (await core.Act<ListHeld>().SummaryAsync(Actor.Operator, workspace.Id, ct)).Value;
                    await call.Out.WriteLineAsync(
                        now.People == 0 ? "Decided on all."
                        : now.Meant == 0 && verdict != HoldVerdict.Keep
                            ? string.Create(CultureInfo.InvariantCulture, $"Decided; {now.People} wait for a decision of their own.")
                        : string.Create(CultureInfo.InvariantCulture, $"Decided; {now.People} are still to be worked through.")
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

                await call.Out.WriteLineAsync(
                    verdict switch
                    {
                        HoldVerdict.Release => "Carried out.",
                        HoldVerdict.Merge => "One person now.",
                        _ => "Kept as they are.",
                    }
                );
                return Exit.Done;
            }
        );

    private static string Then(HeldForecast row) =>
        row.Same is { } same
            ? $"same address as {same.UserName}, who is here; {Merged(row.Merge!)}; released, a second person: {Alone(row)}"
            : Alone(row);

    private static string Alone(HeldForecast row) =>
        row.Conflict is { } no ? $"refused: {no.Message}"
        : row.After is not { State: MemberState.Active } after ? "no access"
        : string.Join(
            ", ",
            new[]
            {
                after.Role + (row.LacksSeat ? $" (no seat is free to be {row.Wanted})" : ""),
                after.License,
                row.Rule is { } rule ? $"by the rule {rule}" : null,
                row.Member is { HeldMatch: { } match, HeldAs: not HeldAs.Admission }
                    ? $"was here already ({Word.Of(match).ToLowerInvariant()})"
                    : null,
            }.Where(w => w is not null)
        );

    private static string Merged(MergeForecast merge) =>
        merge.Conflict is { } no ? $"not to be merged: {no.Message}"
        : merge.After is { State: MemberState.Active } one ? $"merged, {one.Role}{(one.License is { } license ? $", {license}" : "")}"
        : "merged, no access";

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}

using System.Globalization;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;
using UserManagement.Membership.Holds;
using UserManagement.Membership.Members;

namespace UserManagement.Host.Verbs;

/// <summary>Verbs about what directories said and nobody has carried out.</summary>
internal static class HeldVerbs
{
    private const int Page = 500;

    public static Verb List { get; } =
        new(
            "held list",
            "SLUG",
            "Lists of whom a directory's word is held",
            """
            One line each: the user name, what the directory said, since when, until when an admin may decide.

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
                    var page = (await list.PageAsync(Actor.Operator, workspace.Id, true, after, Page, ct)).Value;
                    foreach (var member in page.Members)
                    {
                        await call.Out.WriteLineAsync(
                            $"{member.UserName.PadRight(40)} {Word.Of(member.HeldAs!.Value).ToLowerInvariant().PadRight(13)} since {Time(member.HeldSince)} until {Time(member.HeldUntil)}"
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
                return Exit.Done;
            }
        );

    public static Verb Decide { get; } =
        new(
            "held decide",
            "SLUG release|keep [--user USERNAME]",
            "Carries out what a directory said of somebody or of all, or keeps them as they are",
            """
            release carries it out, keep leaves people as they are until the directory says otherwise. Without a user name all are meant of
            whom something waits; of many the server that runs does the rest.

              usermanagement held decide acme keep
              usermanagement held decide acme release --user ada@acme.example
            """,
            2,
            [("--user USERNAME", "The person who is meant. Default: all of whom something waits")],
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

                var verdict = call.Operands[1] == "release" ? HoldVerdict.Release : HoldVerdict.Keep;
                var decide = core.Act<DecideHeld>();
                if (call.Option("user") is not { } user)
                {
                    var all = await decide.AllAsync(Actor.Operator, workspace.Id, verdict, ct);
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

    private static string Time(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}

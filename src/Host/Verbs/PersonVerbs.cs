using Microsoft.EntityFrameworkCore;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Retention;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about what is held of one person.</summary>
internal static class PersonVerbs
{
    /// <summary>The right of access.</summary>
    public static Verb Export { get; } =
        new(
            "person export",
            "SLUG USERNAME|ID",
            "Prints all that is held about a person as JSON",
            """
            Memberships in the workspace, the directory's document, grants, groups, invitations, the account with logins and sessions, and the
            audit log's lines about them and by them; no secrets. Also for somebody who has left and is not yet erased: by the user name the
            one who left last, or by id. The export itself is a line of the audit log.

              usermanagement person export acme ada@example.org > ada.json
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var found = await FindAsync(core, workspace, call.Operands[1], ct);
                var export = await core.Act<ExportPerson>()
                    .RunAsync(Actor.Operator, workspace.Id, found.Count == 0 ? default : found[0], ct);
                if (!export.Is(out var document, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                using var stream = new MemoryStream();
                await document.WriteAsync(stream, ct);
                stream.Position = 0;
                using var reader = new StreamReader(stream);
                await call.Out.WriteLineAsync(await reader.ReadToEndAsync(ct));
                return Exit.Done;
            }
        );

    /// <summary>When access ended everywhere.</summary>
    public static Verb Receipts { get; } =
        new(
            "person receipts",
            "SLUG USERNAME|ID",
            "Prints when apps lost their access to a person, and when each acknowledged it, as JSON",
            """
            For each app and sign-in: the act with which it ended and its door; when, and from then on no refresh and no access by reference;
            when the app acknowledged its logout token, or since when it has not, in seconds. The newest first. Kept Retention:AppReceipts days.

              usermanagement person receipts acme ada@example.org
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var found = await FindAsync(core, workspace, call.Operands[1], ct);
                var read = await core.Act<ReadAppReceipts>()
                    .RunAsync(Actor.Operator, workspace.Id, found.Count == 0 ? default : found[0], ct);
                if (!read.Is(out var receipts, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync(AppReceipt.Document(receipts));
                return Exit.Done;
            }
        );

    /// <summary>The right to erasure.</summary>
    public static Verb Erase { get; } =
        new(
            "person erase",
            "SLUG USERNAME|ID",
            "Erases a person who has left a workspace",
            """
            What is erased by itself Retention:EndedMembers days after a membership ended, at once: names, addresses, the directory's document,
            invitations, mails, and what the audit log says of them. The log's lines keep ids, act, time and a digest, and one more line proves
            the erasure. It cannot be taken back. Somebody who is still a member must be removed first, or deleted in their directory; whom an
            admin removed cannot be restored afterwards. Other workspaces keep what they hold; the account goes when none needs it. By the user
            name everybody of that name who has left, or one by id. Mail files and backups are not touched.

              usermanagement person erase acme ada@example.org
            """,
            2,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                if (await WorkspaceVerbs.FindAsync(core, call.Operands[0], ct) is not { } workspace)
                {
                    return await call.RefuseAsync(WorkspaceVerbs.Missing(call.Operands[0]));
                }

                var found = await FindAsync(core, workspace, call.Operands[1], ct);
                foreach (var id in found.DefaultIfEmpty())
                {
                    var erased = await core.Act<ErasePerson>().RunAsync(Actor.Operator, workspace.Id, id, ct);
                    if (!erased.Is(out var done, out var refusal))
                    {
                        return await call.RefuseAsync(refusal);
                    }

                    await call.Out.WriteLineAsync(
                        done.Again
                            ? $"{id} was erased before."
                            : $"{id} is erased{(done.Account ? ", with the account" : "")}; {done.Lines} lines of the audit log hold a digest now."
                    );
                }

                return Exit.Done;
            }
        );

    /// <summary>Who is meant: an id, whoever bears the name now, or else all who bore it and have left, the last one first.</summary>
    internal static async Task<IReadOnlyList<Id<Member>>> FindAsync(
        OpenCore core,
        WorkspaceContext workspace,
        string word,
        CancellationToken ct
    )
    {
        if (Id<Member>.TryParse(word, out var id))
        {
            return [id];
        }

        var key = Key.Of(word);
        await using var db = core.Act<Store>().Read();
        if (
            await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace.Id && m.UserNameKey == key, ct) is
            { } member
        )
        {
            return [member.Id];
        }

        var left = new List<Id<Member>>();
        await foreach (
            var ended in db
                .Members.AsNoTracking()
                .Where(m => m.WorkspaceId == workspace.Id && m.State == MemberState.Ended)
                .OrderByDescending(m => m.ModifiedAt)
                .Select(m => new { m.Id, m.UserName })
                .AsAsyncEnumerable()
                .WithCancellation(ct)
        )
        {
            if (Key.Of(ended.UserName) == key)
            {
                left.Add(ended.Id);
            }
        }

        return left;
    }
}

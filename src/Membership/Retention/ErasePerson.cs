using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Retention;

/// <summary>What an erasure did.</summary>
/// <param name="Member">Whom it concerned.</param>
/// <param name="Lines">How many lines of the audit log lost something.</param>
/// <param name="Account">Whether the account went too; false where there was none, where it is needed elsewhere, or where it may still be
/// used.</param>
/// <param name="Again">Whether they had been erased before: nothing was left to do.</param>
public sealed record ErasedPerson(Id<Member> Member, int Lines, bool Account, bool Again);

/// <summary>
/// Erases somebody who is no longer in a workspace, at once instead of after <see cref="RetentionRules.EndedMembers"/>: names, addresses,
/// the SCIM document, invitations, mails to be sent, and what the audit log says of them; its lines keep ids, act, time and door and a
/// digest. Somebody whom an admin removed is ended by it and cannot be restored. What other workspaces hold stays; the account (login,
/// password, factors, sessions) goes when no other membership needs it. Asked twice it does nothing more. Refusals: <c>forbidden</c>,
/// <c>signInAgain</c>,
/// <c>grantCeiling</c>, <c>notFound</c>, <c>stillMember</c> (remove or delete them first: so the last admin is safe too).
/// </summary>
public sealed class ErasePerson(Store store)
{
    /// <summary>The act in the audit log; its line is the proof, without the data.</summary>
    public const string Act = "person.erased";

    /// <summary>The act in the log of the installation where the account went too.</summary>
    public const string AccountAct = "account.erased";

    private const int MostRounds = 3;

    /// <summary>Erases.</summary>
    /// <param name="actor">An admin of the workspace, or the operator.</param>
    /// <param name="workspaceId">The workspace.</param>
    /// <param name="id">Whom: ended, or removed by an admin.</param>
    /// <param name="ct">Stops it between two pieces; asked again it goes on.</param>
    public async Task<Outcome<ErasedPerson>> RunAsync(Actor actor, Id<Workspace> workspaceId, Id<Member> id, CancellationToken ct)
    {
        Held.WriteInParts(); // what is erased is read once the membership is over
        var again = await store.ChangeAsync<bool>(
            actor,
            workspaceId,
            Act,
            async attempt =>
            {
                attempt.Concerns(id);
                if (
                    (actor.Demand(workspaceId, Permission.ConfigureWorkspace) ?? RecentAuthentication.Check(actor, attempt.At)) is
                    { } refused
                )
                {
                    return refused;
                }

                var db = attempt.Db;
                if (await WorkspaceContext.ByIdAsync(db, workspaceId, ct) is not { } workspace)
                {
                    return Refusal.NotFound("member");
                }

                if (
                    await db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspaceId && m.Id == id, ct)
                    is not { } member
                )
                {
                    return await db.AuditEntries.AnyAsync(
                        a => a.WorkspaceId == workspaceId && a.TargetId == id.Value && a.Act == Act && !a.Refused,
                        ct
                    )
                        ? true
                        : Refusal.NotFound("member");
                }

                if (workspace.Configuration.MayTouch(actor, member.Role) is { } beyond)
                {
                    return beyond;
                }

                if (member.State == MemberState.Ended)
                {
                    return false;
                }

                if (member.State != MemberState.Removed || await MemberWithGrants.ReadAsync(db, workspaceId, id, ct) is not { } file)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "stillMember",
                        $"{member.ShownName} is still a member. Remove them first; where a directory brought them, delete them there."
                    );
                }

                return (await EndMember.EndAsync(attempt, workspace, file, "member.deleted", ct)).Refusal is { } no ? no : false;
            },
            ct
        );
        return !again.Is(out var before, out var refusal) ? refusal
            : before ? new ErasedPerson(id, 0, false, true)
            : await EraseAsync(actor, workspaceId, id, true, ct);
    }

    /// <summary>Erases somebody whose membership ended; in pieces, and to be asked again after a crash.</summary>
    internal async Task<Outcome<ErasedPerson>> EraseAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<Member> id,
        bool atOnce,
        CancellationToken ct
    )
    {
        if (!(await EraseFormerAsync(actor, workspace, id, atOnce, ct)).Is(out var lines, out var undone))
        {
            return undone;
        }

        for (var round = 1; ; round++)
        {
            Member? member;
            AccountFate fate;
            bool isHereAnew;
            long version;
            await using (var db = store.Read())
            {
                if (await ReadAsync(db, workspace, id, ct) is not { } found)
                {
                    return new ErasedPerson(id, lines, false, true);
                }

                (member, (fate, isHereAnew, version)) = (found, await PersonAccount.FateAsync(db, found, atOnce, store.Time.Now(), ct));
            }

            if (!(await EraseLinesAsync(member, fate, isHereAnew, ct)).Is(out var some, out var busy))
            {
                return busy;
            }

            lines += some;
            var (erased, changed) = (lines, false);
            var done = await store.ChangeAsync<ErasedPerson>(
                actor,
                workspace,
                Act,
                async attempt =>
                {
                    if (await ReadAsync(attempt.Db, workspace, id, ct) is not { } now)
                    {
                        return new ErasedPerson(id, erased, false, true); // another server was faster
                    }

                    (changed, var later) = (false, await PersonAccount.FateAsync(attempt.Db, now, atOnce, attempt.At, ct));
                    if (later != (fate, isHereAnew, version) && round < MostRounds)
                    {
                        changed = true;
                        return new ErasedPerson(id, erased, false, true);
                    }

                    if (atOnce && later.Fate == AccountFate.InUse && WasErased(now))
                    {
                        // all but the account is gone, and the sweep's day to look again stays
                        return new ErasedPerson(id, erased, false, erased == 0);
                    }

                    await RemoveAsync(attempt, now, later, erased, ct);
                    return new ErasedPerson(id, erased, later.Fate == AccountFate.Goes, false);
                },
                ct
            );
            if (!changed)
            {
                return done;
            }
        }
    }

    /// <summary>Erases the rows in which the person was here before, first: once theirs is gone nobody knows whose they were.</summary>
    private async Task<Outcome<int>> EraseFormerAsync(
        Actor actor,
        Id<Workspace> workspace,
        Id<Member> id,
        bool atOnce,
        CancellationToken ct
    )
    {
        List<Id<Member>> former;
        await using (var db = store.Read())
        {
            former = await db
                .Members.Where(m => m.WorkspaceId == workspace && m.MergedInto == id && m.State == MemberState.Ended)
                .Select(m => m.Id)
                .ToListAsync(ct);
        }

        var lines = 0;
        foreach (var one in former)
        {
            if (!(await EraseAsync(actor, workspace, one, atOnce, ct)).Is(out var erased, out var refusal))
            {
                return refusal;
            }

            lines += erased.Lines;
        }

        return lines;
    }

    private static Task<Member?> ReadAsync(MembershipDb db, Id<Workspace> workspace, Id<Member> id, CancellationToken ct) =>
        db.Members.AsNoTracking().FirstOrDefaultAsync(m => m.WorkspaceId == workspace && m.Id == id && m.State == MemberState.Ended, ct);

    private static bool WasErased(Member member) => member.UserName == Erasure.Name && member.SortKey.Length == 0;

    private async Task<Outcome<int>> EraseLinesAsync(Member member, AccountFate fate, bool isHereAnew, CancellationToken ct)
    {
        List<Guid> invitations;
        IReadOnlySet<string> names;
        await using (var db = store.Read())
        {
            invitations =
            [
                .. (
                    await db
                        .Invitations.Where(i => i.WorkspaceId == member.WorkspaceId && i.MemberId == member.Id)
                        .Select(i => i.Id)
                        .ToListAsync(ct)
                ).Select(i => i.Value),
            ];
            names = await PersonAccount.NamesAsync(db, member, !isHereAnew, ct);
        }

        List<Guid> here = [member.Id.Value, .. invitations, .. member.AccountId is { } a && !isHereAnew ? [a.Value] : Array.Empty<Guid>()];
        List<Func<Task<Outcome<int>>>> parts =
        [
            () => PersonLines.ByLinksAsync(store, member.WorkspaceId, member.Id.Value, ct), // while the lines say who made which
            () => PersonLines.MeantForAsync(store, member.WorkspaceId, names, ct),
            .. here.Select(target => (Func<Task<Outcome<int>>>)(() => PersonLines.AboutAsync(store, member.WorkspaceId, target, ct))),
            .. here.Where(t => !invitations.Contains(t))
                .Select(actor => (Func<Task<Outcome<int>>>)(() => PersonLines.ByAsync(store, member.WorkspaceId, actor, names, ct))),
        ];
        if (fate == AccountFate.Goes)
        {
            parts.Add(() => PersonLines.AboutAsync(store, default, member.AccountId!.Value.Value, ct));
            parts.Add(() => PersonLines.ByAsync(store, default, member.AccountId!.Value.Value, names, ct));
        }

        await EraseProvisioning.RunAsync(store, member, names, ct); // before the audit log forgets former names
        var lines = 0;
        foreach (var part in parts)
        {
            if (!(await part()).Is(out var some, out var refusal))
            {
                return refusal;
            }

            lines += some;
        }

        return lines;
    }

    private static async Task RemoveAsync(
        Attempt attempt,
        Member member,
        (AccountFate Fate, bool IsHereAnew, long Version) found,
        int lines,
        CancellationToken ct
    )
    {
        var (fate, isHereAnew, accountVersion) = found;
        var (workspace, id, version) = (
            Value.Of("$1", member.WorkspaceId.Value),
            Value.Of("$2", member.Id.Value),
            Value.Of("$3", member.Version)
        );
        attempt.Changes.Execute(
            fate == AccountFate.InUse
                ? new(
                    "UPDATE members SET user_name = $4, sent_user_name = NULL, external_id = NULL, email = NULL, display_name = NULL, given_name = "
                        + "NULL, family_name = NULL, document = NULL, accepted_terms = NULL, "
                        + "terms_accepted_at = NULL, sort_key = '', modified_at = $5, version = version + 1 WHERE "
                        + "workspace_id = $1 AND id = $2 AND version = $3",
                    [workspace, id, version, Value.Of("$4", Erasure.Name), Value.Of("$5", attempt.At.ToUnixTimeMilliseconds())],
                    1,
                    GuardFailure.Conflict
                )
                : new(
                    "DELETE FROM members WHERE workspace_id = $1 AND id = $2 AND version = $3 AND state = 'Ended'",
                    [workspace, id, version],
                    1,
                    GuardFailure.Conflict
                )
        );
        if (fate != AccountFate.InUse)
        {
            attempt.Changes.Count(new(member.WorkspaceId, CounterKind.State, nameof(MemberState.Ended)), -1);
        }

        var invitations = await attempt
            .Db.Invitations.AsNoTracking()
            .Where(i => i.WorkspaceId == member.WorkspaceId && i.MemberId == member.Id)
            .ToListAsync(ct);
        foreach (var subject in invitations.Select(MailQuota.SubjectOf))
        {
            attempt.Changes.Execute(new("DELETE FROM outbox_messages WHERE subject = $1", [Value.Of("$1", subject)]));
        }

        foreach (var name in invitations.Select(i => i.UserName).Append(member.UserName).Distinct())
        {
            attempt.Changes.Execute(FailedSignIn.Erase(member.WorkspaceId, name));
            attempt.Changes.Execute(
                new(
                    "DELETE FROM invitation_import_rows WHERE workspace_id = $1 AND user_name_key = $2",
                    [workspace, Value.Of("$2", Key.Of(name))]
                )
            );
            attempt.Changes.Execute(
                new("DELETE FROM join_requests WHERE workspace_id = $1 AND user_name_key = $2", [workspace, Value.Of("$2", Key.Of(name))])
            );
        }

        attempt.Changes.Execute(
            new("UPDATE access_decisions SET last_sign_in_at = NULL WHERE workspace_id = $1 AND member_id = $2", [workspace, id])
        ); // who decided what stays: it names nobody
        foreach (var table in new[] { "invitations", "grants", "member_keys", "member_activities", "member_terms", "group_members" })
        {
            attempt.Changes.Execute(new($"DELETE FROM {table} WHERE workspace_id = $1 AND member_id = $2", [workspace, id]));
        }

        await Webhooks.EraseEvents.QueueAsync(attempt, member, ct);
        if (member.AccountId is { } account)
        {
            if (!isHereAnew && fate != AccountFate.InUse)
            {
                attempt.Changes.Execute(
                    new(
                        "DELETE FROM account_workspaces WHERE workspace_id = $1 AND account_id = $2",
                        [workspace, Value.Of("$2", account.Value)]
                    )
                );
                attempt.Changes.Execute(
                    new("DELETE FROM session_ends WHERE workspace_id = $1 AND account_id = $2", [workspace, Value.Of("$2", account.Value)])
                );
                attempt.Changes.Execute(
                    new("DELETE FROM oidc_grants WHERE workspace_id = $1 AND account_id = $2", [workspace, Value.Of("$2", account.Value)])
                ); // with their tokens
                attempt.Changes.Execute(
                    new("DELETE FROM app_endings WHERE workspace_id = $1 AND account_id = $2", [workspace, Value.Of("$2", account.Value)])
                );
                attempt.Changes.Execute(
                    new("UPDATE client_uses SET account_id = NULL WHERE account_id = $1", [Value.Of("$1", account.Value)])
                );
            }

            if (fate == AccountFate.Goes)
            {
                PersonAccount.Remove(attempt, account, accountVersion);
                attempt.Changes.TellFacts(AccountAct, default, ("account", account.Value, null), null, new { member = member.Id.Value });
            }
        }

        if (!WasErased(member))
        {
            attempt.Changes.TellFacts(
                Act,
                member.WorkspaceId,
                ("member", member.Id.Value, null),
                null,
                new
                {
                    auditLines = lines,
                    invitations = invitations.Count,
                    account = fate switch
                    {
                        AccountFate.None => "none",
                        AccountFate.Goes => "erased",
                        AccountFate.Needed => "needed elsewhere",
                        _ => "in use",
                    },
                }
            );
        }
    }
}

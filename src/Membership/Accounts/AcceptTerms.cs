using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// A person accepts the terms of use of a workspace in which they are: kept with the membership is which version and when, and the audit
/// log keeps each time with the address. Asked of people alone, at each page until they accept; a directory, a key and an app that acts
/// for itself are not asked. Refusals: those of <see cref="SignInDemands"/> for what is owed before, <c>notFound</c>, <c>termsChanged</c>.
/// </summary>
public sealed class AcceptTerms(Store store)
{
    /// <summary>The act in the audit log.</summary>
    public const string Act = "terms.accepted";

    /// <summary>The workspace whose terms somebody is asked to accept; null where nothing is asked of them.</summary>
    /// <param name="who">Who is signed in, as read for this workspace.</param>
    /// <param name="slug">The workspace that the address names.</param>
    /// <param name="ct">Stops the read.</param>
    public async Task<WorkspaceContext?> AskedByAsync(SignedIn who, string slug, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(who);
        if (who.Demand != RequiredAction.Terms)
        {
            return null;
        }

        await using var db = store.Read();
        return await WorkspaceContext.BySlugAsync(db, slug, ct);
    }

    /// <summary>Accepts; asked again it changes nothing.</summary>
    /// <param name="session">Whose session it is.</param>
    /// <param name="slug">The workspace.</param>
    /// <param name="version">The version that was shown.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<Member>> RunAsync(Id<Session> session, string slug, int version, CancellationToken ct)
    {
        if (await new ReadSession(store).OfAsync(session, slug, ct) is not { } who)
        {
            return RecentAuthentication.Needed();
        }

        if ((who.Barred ?? (who.Demand == RequiredAction.Terms ? null : SignInDemands.Refuse(who.Demand))) is { } owed)
        {
            return owed;
        }

        Id<Workspace> id;
        await using (var db = store.Read())
        {
            if (await WorkspaceContext.BySlugAsync(db, slug, ct) is not { } found)
            {
                return Refusal.NotFound("workspace");
            }

            id = found.Id;
        }

        return await store.ChangeAsync<Member>(
            who.Person,
            id,
            Act,
            async attempt =>
            {
                if (
                    await WorkspaceContext.ByIdAsync(attempt.Db, id, ct) is not { } workspace
                    || await attempt
                        .Db.Members.AsNoTracking()
                        .FirstOrDefaultAsync(m => m.WorkspaceId == id && m.AccountId == who.Account.Id && m.State == MemberState.Active, ct)
                        is not { } member
                )
                {
                    return Refusal.NotFound("workspace");
                }

                var terms = workspace.Configuration.Terms;
                if (!member.OwesTerms(terms))
                {
                    return member;
                }

                if (version != terms.AskedVersion)
                {
                    return new Refusal(
                        RefusalKind.Conflict,
                        "termsChanged",
                        "The terms of use have a newer version by now. Read them again, then accept."
                    );
                }

                var after = Accepted(member, terms, version, attempt.At);
                attempt.Changes.Execute(
                    new(
                        "UPDATE members SET accepted_terms = $3, terms_accepted_at = $4 WHERE workspace_id = $1 AND id = $2 "
                            + "AND account_id = $5 AND state = 'Active'",
                        [
                            Value.Of("$1", id.Value),
                            Value.Of("$2", member.Id.Value),
                            Value.Of("$3", version),
                            Value.Of("$4", attempt.At.ToUnixTimeMilliseconds()),
                            Value.Of("$5", who.Account.Id.Value),
                        ],
                        1,
                        GuardFailure.Conflict
                    )
                );
                Tell(attempt, workspace, member, after);
                return after;
            },
            ct
        );
    }

    /// <summary>The member who accepted a version, where that is the one asked for; as they were otherwise.</summary>
    internal static Member Accepted(Member member, Terms terms, int? version, DateTimeOffset at) =>
        version is not null && version == terms.AskedVersion ? member with { AcceptedTerms = version, TermsAcceptedAt = at } : member;

    /// <summary>The line in the audit log.</summary>
    internal static void Tell(Attempt attempt, WorkspaceContext workspace, Member before, Member after) =>
        attempt.Changes.TellFacts(
            Act,
            workspace.Id,
            ("member", after.Id.Value, after.ShownName),
            before.AcceptedTerms is { } earlier ? new { version = earlier } : null,
            new { version = after.AcceptedTerms, termsOfUse = workspace.Configuration.Terms.TermsOfUse }
        );
}

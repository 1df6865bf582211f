using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Domains;

/// <summary>A workspace that somebody's proven address opens.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Join">Whether they join or ask.</param>
/// <param name="Waits">Whether they asked already and wait.</param>
public sealed record OpenWorkspace(WorkspaceContext Workspace, DomainJoin Join, bool Waits);

/// <summary>What became of a wish to join.</summary>
/// <param name="InvitationSecret">The invitation to redeem, where the domain lets everybody in; null where an admin decides.</param>
public sealed record AskedToJoin(string? InvitationSecret);

/// <summary>
/// Joining by one's e-mail domain. A workspace is named to nobody who has not proven an address of its domain: by a provider that stands
/// for it, or by the mail sent there. Refusals: <c>notFound</c> where the address opens nothing, those of <see cref="SelfInvitation"/>.
/// </summary>
public sealed class AskToJoin(Store store)
{
    private const int MostOffered = 20;
    private const int MostLookedAt = 200;
    private static readonly TimeSpan ProofLifetime = TimeSpan.FromDays(1);

    /// <summary>The workspaces that the proven address of who is signed in opens and in which they are not.</summary>
    public async Task<IReadOnlyList<OpenWorkspace>> OffersAsync(SignedIn who, CancellationToken ct)
    {
        if (Address(who) is not { } address || EmailAddress.Domain(address) is not { } name)
        {
            return [];
        }

        var (account, key) = (who.Account.Id, Key.Of(address));
        await using var db = store.Read();
        var rows = await (
            from d in db.EmailDomains.AsNoTracking()
            join w in db.Workspaces.AsNoTracking() on d.WorkspaceId equals w.Id
            where d.Name == name && d.VerifiedAt != null && w.DomainJoinAllowed == true
            orderby w.Name, w.Id
            select new { Domain = d, Row = w }
        )
            .Take(MostLookedAt)
            .ToListAsync(ct);
        // asked by itself: a table that is whole on each machine is not compared row by row with one that is cut
        var ids = rows.Select(r => r.Row.Id).ToList();
        var inside = await db
            .Members.Where(m =>
                ids.Contains(m.WorkspaceId) && (m.AccountId == account || m.UserNameKey == key) && m.State != MemberState.Ended
            )
            .Select(m => m.WorkspaceId)
            .ToListAsync(ct);
        rows = [.. rows.Where(r => !inside.Contains(r.Row.Id)).Take(MostOffered)];
        ids = [.. rows.Select(r => r.Row.Id)];
        var waiting = await db
            .JoinRequests.Where(r => ids.Contains(r.WorkspaceId) && r.UserNameKey == key && r.State == JoinRequestState.Waiting)
            .Select(r => r.WorkspaceId)
            .ToListAsync(ct);
        return
        [
            .. rows.Where(r => r.Domain.Join is DomainJoin.Request or DomainJoin.Automatic)
                .Select(r => new OpenWorkspace(WorkspaceContext.Of(db, r.Row), r.Domain.Join, waiting.Contains(r.Row.Id)))
                .Where(o => ReadSession.Bars(who, o.Workspace) is null),
        ];
    }

    /// <summary>For who is signed in with a proven address.</summary>
    public Task<Outcome<AskedToJoin>> RunAsync(SignedIn who, string slug, CancellationToken ct) =>
        ChangeAsync(
            who.Person,
            slug,
            Address(who),
            async (attempt, workspace, domain, address) =>
            {
                if (ReadSession.Bars(who, workspace) is not null)
                {
                    return Nothing();
                }

                if (domain.Join == DomainJoin.Request)
                {
                    return await WaitAsync(attempt, workspace, domain, address, ct) is { } refusal ? refusal : new AskedToJoin(null);
                }

                var source = DomainRules.Source(workspace, domain, DomainRules.RoleOf(workspace, domain));
                var planned = await SelfInvitation.PlanAsync(attempt, workspace, address, source, sendMail: false, ct);
                return planned.Is(out var issued, out var no) ? new AskedToJoin(issued.LinkSecret) : no;
            },
            ct
        );

    /// <summary>
    /// For whoever types an address on a workspace's page: the next step goes there by mail. The answer is always the same, whether the
    /// address opens the workspace or not, and whoever is there already.
    /// </summary>
    public async Task<Outcome<Nothing>> MailAsync(string slug, string typed, CancellationToken ct)
    {
        var address = Key.Identifier(typed.Trim());
        if (!EmailAddress.IsValid(address))
        {
            return Refusal.Invalid("email", "This is no valid e-mail address.");
        }

        var stranger = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = address,
        };
        await ChangeAsync(
            stranger,
            slug,
            address,
            async (attempt, workspace, domain, _) =>
            {
                if (!workspace.Configuration.SignIn.LocalPassword)
                {
                    return Nothing();
                }

                if (domain.Join == DomainJoin.Request)
                {
                    return await ProofAsync(attempt, workspace, domain, address, ct) is { } refusal ? refusal : new AskedToJoin(null);
                }

                var source = DomainRules.Source(workspace, domain, DomainRules.RoleOf(workspace, domain));
                var planned = await SelfInvitation.PlanAsync(attempt, workspace, address, source, sendMail: true, ct);
                return planned.Refusal is { } no ? no : new AskedToJoin(null);
            },
            ct
        );
        return default(Nothing);
    }

    /// <summary>The mail was answered: the request waits for an admin from now on, or does already. Refusal: <c>notFound</c>.</summary>
    public async Task<Outcome<WorkspaceContext>> ProveAsync(string secret, CancellationToken ct)
    {
        var hash = Secret.Hash(secret);
        JoinRequest? seen;
        await using (var db = store.Read())
        {
            var within = db.JoinRequests.AsNoTracking();
            if (Secret.WorkspaceOf(secret) is { } workspaceId)
            {
                within = within.Where(r => r.WorkspaceId == workspaceId);
            }

            seen = await within.FirstOrDefaultAsync(r => r.ProofHash == hash, ct);
        }

        return seen is null
            ? Gone()
            : await store.ChangeAsync<WorkspaceContext>(
                new()
                {
                    Kind = ActorKind.Person,
                    Door = Door.SignIn,
                    Name = seen.UserName,
                },
                seen.WorkspaceId,
                "joinRequest.made",
                async attempt =>
                {
                    if (
                        await attempt
                            .Db.JoinRequests.AsNoTracking()
                            .FirstOrDefaultAsync(r => r.WorkspaceId == seen.WorkspaceId && r.Id == seen.Id, ct)
                            is not { State: JoinRequestState.Unproven or JoinRequestState.Waiting } request
                        || request.CreatedAt + ProofLifetime < attempt.At
                        || await WorkspaceContext.ByIdAsync(attempt.Db, seen.WorkspaceId, ct) is not { } workspace
                        || await DomainRules.OpenForAsync(attempt.Db, workspace, request.UserName, ct) is null
                    )
                    {
                        return Gone();
                    }

                    if (request.State == JoinRequestState.Waiting)
                    {
                        return workspace; // proven already: the link was pressed twice
                    }

                    var waits = request with { State = JoinRequestState.Waiting, ProofSealed = null, Version = request.Version + 1 };
                    attempt.Changes.Update(request, waits);
                    Tell(attempt, waits);
                    return workspace;
                },
                ct
            );
    }

    /// <summary>Somebody whom a provider proved and nobody knows here asks; the account is made beside it.</summary>
    internal static Task<Refusal?> WaitAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        EmailDomain domain,
        string address,
        CancellationToken ct
    ) => MakeAsync(attempt, workspace, domain, address, proof: null, ct);

    private static Task<Refusal?> ProofAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        EmailDomain domain,
        string address,
        CancellationToken ct
    ) => MakeAsync(attempt, workspace, domain, address, Secret.Within(workspace.Id), ct);

    private static async Task<Refusal?> MakeAsync(
        Attempt attempt,
        WorkspaceContext workspace,
        EmailDomain domain,
        string address,
        string? proof,
        CancellationToken ct
    )
    {
        if (await MemberWithGrants.ByUserNameAsync(attempt.Db, workspace.Id, address, ct) is not null)
        {
            return new(
                RefusalKind.Conflict,
                "alreadyMember",
                "Somebody of this address is known here already. Sign in, open your invitation, or ask an admin."
            );
        }

        var key = Key.Of(address);
        var there = await attempt
            .Db.JoinRequests.AsNoTracking()
            .FirstOrDefaultAsync(r => r.WorkspaceId == workspace.Id && r.UserNameKey == key && r.DecidedAt == null, ct);
        if (there is { State: JoinRequestState.Waiting })
        {
            return null; // asks once more, and waits already
        }

        var request = (
            there
            ?? new()
            {
                WorkspaceId = workspace.Id,
                Id = Id<JoinRequest>.New(attempt.Time),
                DomainId = domain.Id,
                UserName = address,
                UserNameKey = key,
                State = JoinRequestState.Unproven,
                CreatedAt = attempt.At,
                Version = 0,
            }
        ) with
        {
            State = proof is null ? JoinRequestState.Waiting : JoinRequestState.Unproven,
            ProofHash = proof is null ? null : Secret.Hash(proof),
            ProofSealed = proof is null ? null : attempt.Box.SealText(JoinRequest.ProofPurpose, proof),
        };
        var subject = "joinRequest:" + request.Id;
        if (
            proof is not null
            && await attempt.Db.OutboxMessages.CountAsync(m => m.Subject == subject && m.CreatedAt > attempt.At.AddDays(-1), ct) >= 5
        )
        {
            return MailQuota.Reached();
        }

        if (proof is not null && await MailQuota.IsReachedBySelfAsync(attempt, workspace.Id, ct))
        {
            return MailQuota.Reached();
        }

        request = request with { CreatedAt = attempt.At, Version = request.Version + 1 };
        if (there is null)
        {
            attempt.Changes.Add(request);
        }
        else
        {
            attempt.Changes.Update(there, request);
        }

        if (proof is null)
        {
            Tell(attempt, request);
        }
        else
        {
            attempt.Changes.Send(OutboxKind.JoinProofMail, request.Id.Value, subject, workspace.Id);
        }

        return null;
    }

    private static void Tell(Attempt attempt, JoinRequest request)
    {
        attempt.Changes.TellFacts(
            "joinRequest.made",
            request.WorkspaceId,
            ("joinRequest", request.Id.Value, request.UserName),
            null,
            new { domain = EmailAddress.Domain(request.UserName) }
        );
        attempt.Changes.Send(OutboxKind.JoinRequestMail, request.Id.Value, "joinRequest:" + request.Id, request.WorkspaceId);
    }

    private async Task<Outcome<AskedToJoin>> ChangeAsync(
        Actor actor,
        string slug,
        string? address,
        Func<Attempt, WorkspaceContext, EmailDomain, string, Task<Outcome<AskedToJoin>>> plan,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (address is null || await WorkspaceContext.BySlugAsync(db, slug, ct) is not { } seen)
        {
            return Nothing();
        }

        return await store.ChangeAsync<AskedToJoin>(
            actor,
            seen.Id,
            "joinRequest.made",
            async attempt =>
                await WorkspaceContext.ByIdAsync(attempt.Db, seen.Id, ct) is { } workspace
                && await DomainRules.OpenForAsync(attempt.Db, workspace, address, ct) is { } domain
                    ? await plan(attempt, workspace, domain, address)
                    : Nothing(),
            ct
        );
    }

    private static string? Address(SignedIn who) =>
        who.Account.Email is { } email && who.Account.ProvenEmailKey == Key.OfOrNull(email) ? email : null;

    private static Refusal Nothing() => new(RefusalKind.NotFound, "notFound", "Your address opens nothing here.");

    private static Refusal Gone() => new(RefusalKind.NotFound, "notFound", "This link is not valid any more. Ask again.");
}

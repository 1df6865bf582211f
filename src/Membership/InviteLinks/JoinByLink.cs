using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.InviteLinks;

/// <summary>
/// Somebody who holds a link for many invites themselves by it: under the name that their sign-in proved, or under an address to which the
/// invitation is mailed, so that nobody takes a name that is not theirs. Redeeming that invitation is the next act
/// (<see cref="RedeemInvitation"/>), which counts the use. Refusals: those of <see cref="ReadInviteLink"/> and <see
/// cref="SelfInvitation"/>,
/// <c>noProvenName</c> for a sign-in that proved no name, <c>providerNeeded</c> where passwords do not count, an address that is none.
/// </summary>
public sealed class JoinByLink(Store store)
{
    /// <summary>For who is signed in.</summary>
    /// <param name="who">Who.</param>
    /// <param name="secret">The link's secret.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <returns>The secret of the invitation to redeem; null where the person is a member already.</returns>
    public Task<Outcome<string?>> RunAsync(SignedIn who, string secret, CancellationToken ct) =>
        ChangeAsync<string?>(
            who.Person,
            secret,
            async (attempt, view, source) =>
            {
                var account = who.Account.Id;
                var states = await attempt
                    .Db.Members.Where(m => m.WorkspaceId == view.Workspace.Id && m.AccountId == account && m.State != MemberState.Ended)
                    .Select(m => m.State)
                    .ToListAsync(ct);
                if (states.Count > 0)
                {
                    return states.Contains(MemberState.Active) ? (string?)null : SelfInvitation.NotByOneself();
                }

                if (await NameOfAsync(attempt.Db, who, ct) is not { } name)
                {
                    return new Refusal(
                        RefusalKind.Forbidden,
                        "noProvenName",
                        "Your sign-in proved no address of yours. Enter your address below, and open the link in the mail."
                    );
                }

                var planned = await SelfInvitation.PlanAsync(attempt, view.Workspace, name, source, sendMail: false, ct);
                return planned.Is(out var issued, out var refusal) ? issued.LinkSecret : refusal;
            },
            ct
        );

    /// <summary>
    /// For whoever types an address: the invitation goes there by mail. The answer says nothing of whether the address is known here; who
    /// cannot be invited by a link gets no mail.
    /// </summary>
    public async Task<Outcome<bool>> AskAsync(string secret, string address, CancellationToken ct)
    {
        address = Key.Identifier(address.Trim());
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
        var outcome = await ChangeAsync<bool>(
            stranger,
            secret,
            async (attempt, view, source) =>
            {
                if (!view.Workspace.Configuration.SignIn.LocalPassword)
                {
                    return new Refusal(RefusalKind.Forbidden, "providerNeeded", "People come in here through a provider.");
                }

                var planned = await SelfInvitation.PlanAsync(attempt, view.Workspace, address, source, sendMail: true, ct);
                return planned.Refusal is { Code: not ("alreadyMember" or "suspended" or "invitedByName" or "mailQuota") } refusal
                    ? refusal
                    : true;
            },
            ct
        );
        return outcome;
    }

    private async Task<Outcome<T>> ChangeAsync<T>(
        Actor actor,
        string secret,
        Func<Attempt, InviteLinkView, InvitationSource, Task<Outcome<T>>> plan,
        CancellationToken ct
    )
    {
        await using var db = store.Read();
        if (!(await ReadInviteLink.FindAsync(db, secret, store.Time.Now(), ct)).Is(out var seen, out var refusal))
        {
            return refusal;
        }

        return await store.ChangeAsync<T>(
            actor,
            seen.Workspace.Id,
            "invitation.created",
            async attempt =>
                (await ReadInviteLink.FindAsync(attempt.Db, secret, attempt.At, ct)).Is(out var view, out var closed)
                    ? await plan(attempt, view, await SourceAsync(attempt.Db, view, ct))
                    : closed,
            ct
        );
    }

    private static async Task<InvitationSource> SourceAsync(MembershipDb db, InviteLinkView view, CancellationToken ct)
    {
        var link = view.Link;
        var maker = link.CreatedBy is { } id
            ? await db
                .Members.AsNoTracking()
                .FirstOrDefaultAsync(m => m.WorkspaceId == link.WorkspaceId && m.Id == id && m.State != MemberState.Ended, ct)
            : null;
        return new(
            link.Role,
            maker?.ShownName ?? view.Workspace.Row.Name,
            maker?.Id,
            invitation => invitation with { InviteLinkId = link.Id },
            invitation => invitation.InviteLinkId == link.Id
        );
    }

    /// <summary>The name that a sign-in proved: the provider stands for it, or the mail to it was answered here.</summary>
    private static async Task<string?> NameOfAsync(MembershipDb db, SignedIn who, CancellationToken ct)
    {
        if (who is { Connection: { } connection, Login: { } login })
        {
            return LinkProof.NameOfNewcomer(connection, login);
        }

        var local = await db
            .LocalCredentials.AsNoTracking()
            .Where(c => c.AccountId == who.Account.Id)
            .Select(c => c.Login)
            .FirstOrDefaultAsync(ct);
        return local is not null && who.Account.ProvenEmailKey == Key.Of(local) ? local : null;
    }
}

using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// A signed-in person accepts the invitation whose link they hold: what the sign-in proved becomes the
/// <see cref="Redeemer"/>, the mailed secret proves the address, and <see cref="RedeemInvitation"/> decides.
/// Refusals: <c>secondFactorNeeded</c>, <c>providerNeeded</c>, <c>connectionNotTaken</c>, <c>organisationNotTaken</c> (Forbidden), and
/// those of <see cref="RedeemInvitation"/>.
/// </summary>
public sealed class AcceptInvitation(Store store, ReadInvitationByLink open, ProveAddress prove, RedeemInvitation redeem)
{
    /// <summary>What the person's sign-in says of them: the provider's claims as last seen, or the local sign-in name.</summary>
    public async Task<Redeemer> RedeemerAsync(SignedIn who, CancellationToken ct)
    {
        if (who is { Connection: { } connection, Login: { } through })
        {
            return SignInWithProvider.RedeemerOf(connection, through);
        }

        await using var db = store.Read();
        var login = await db
            .LocalCredentials.AsNoTracking()
            .Where(c => c.AccountId == who.Account.Id)
            .Select(c => c.Login)
            .FirstOrDefaultAsync(ct);
        return new()
        {
            AccountId = who.Account.Id,
            Provider = IdentityProvider.Local,
            UserName = login ?? "",
        };
    }

    /// <summary>The workspace's name in addresses where this person redeemed the invitation and is still in; null otherwise.</summary>
    public async Task<string?> WhereInAsync(SignedIn who, string secret, CancellationToken ct)
    {
        if (!(await open.RunAsync(secret, ct)).Is(out var view, out _) || view.Status != InvitationStatus.Accepted)
        {
            return null;
        }

        await using var db = store.Read();
        return await db.Members.AnyAsync(
            m =>
                m.WorkspaceId == view.Workspace.Id
                && m.Id == view.Invitation.MemberId
                && m.AccountId == who.Account.Id
                && m.State == Members.MemberState.Active,
            ct
        )
            ? view.Workspace.Row.Slug
            : null;
    }

    /// <summary>Accepts.</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="secret">The link's secret.</param>
    /// <param name="givenName">First name, for a member who has none yet; null when not asked.</param>
    /// <param name="familyName">Last name, likewise.</param>
    /// <param name="ct">Stops it before it is written.</param>
    /// <param name="acceptedTerms">The version of the terms of use that they accepted with it; null for none.</param>
    public async Task<Outcome<Redeemed>> RunAsync(
        SignedIn who,
        string secret,
        string? givenName,
        string? familyName,
        CancellationToken ct,
        int? acceptedTerms = null
    )
    {
        if (who.Demand == Factors.RequiredAction.SecondFactor)
        {
            return new Refusal(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first.");
        }

        if (!(await open.RunAsync(secret, ct)).Is(out var view, out var refusal))
        {
            return refusal;
        }

        if (AgainstPolicy(who, view) is { } barred)
        {
            return await NotedAsync(who, view, barred, ct);
        }

        if (view.ByMail)
        {
            await prove.RunAsync(who, secret, ct);
        }

        var redeemer = await RedeemerAsync(who, ct);
        var outcome = await redeem.RunAsync(
            who.Person,
            secret,
            redeemer with
            {
                GivenName = givenName,
                FamilyName = familyName,
                AcceptedTerms = acceptedTerms,
            },
            now => AgainstPolicy(who, now),
            ct
        );
        return outcome.Refusal is { } no ? await NotedAsync(who, view, no, ct) : outcome;
    }

    private async Task<Refusal> NotedAsync(SignedIn who, InvitationView view, Refusal refusal, CancellationToken ct)
    {
        if (who.Connection is { } connection)
        {
            await new NoteFailedSignIn(store).RunAsync(connection, view.Workspace.Id, refusal, ct);
        }

        return refusal;
    }

    /// <summary>Why the workspace's sign-in policy does not let this sign-in accept; asked once more when it is written.</summary>
    private static Refusal? AgainstPolicy(SignedIn who, InvitationView view) =>
        who.Connection is not null ? ReadSession.Bars(who, view.Workspace)
        : view.Status == InvitationStatus.Pending && !view.Workspace.Configuration.SignIn.LocalPassword
            ? CreateLocalAccount.ProviderNeeded()
        : null;
}

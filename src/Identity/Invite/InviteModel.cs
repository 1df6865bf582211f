using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Invitations;

namespace UserManagement.Identity.Invite;

/// <summary>Which of the page's forms was posted.</summary>
public enum Pane
{
    /// <summary>Make an account.</summary>
    Create,

    /// <summary>Sign in with the account that is there.</summary>
    SignIn,

    /// <summary>Join as who is signed in.</summary>
    Join,
}

/// <summary>Why a posted form did not lead in.</summary>
public sealed record Failure(Pane Pane, Refusal Refusal)
{
    /// <summary>The sentence for one field; null when it is about another one.</summary>
    public string? At(Pane pane, string field) => Pane == pane && Refusal.Field == field ? Refusal.Message : null;
}

/// <summary>What the page of an open invitation shows.</summary>
public sealed record InviteModel
{
    /// <summary>The link's secret, for the forms' bodies.</summary>
    public required string Secret { get; init; }

    /// <summary>The invitation and its workspace.</summary>
    public required InvitationView View { get; init; }

    /// <summary>Whether a password of this server will do.</summary>
    public required bool TakesPassword { get; init; }

    /// <summary>Whether there is an account already, told only to who holds the mailed link.</summary>
    public required bool HasAccount { get; init; }

    /// <summary>The providers that fit, with where their sign-in begins.</summary>
    public required IReadOnlyList<(string Name, string Href)> Ways { get; init; }

    /// <summary>The sealed report for the inviter, where the account that is signed in does not fit; null otherwise.</summary>
    public required string? Ask { get; init; }

    /// <summary>Who is signed in; null for nobody.</summary>
    public required SignedIn? Who { get; init; }

    /// <summary>Why that account does not fit; null when it does or nobody is signed in.</summary>
    public required Refusal? Misfit { get; init; }

    /// <summary>Why the posted form failed; null at first.</summary>
    public required Failure? Failure { get; init; }

    /// <summary>As typed.</summary>
    public required string Login { get; init; }

    /// <summary>As typed.</summary>
    public required string GivenName { get; init; }

    /// <summary>As typed.</summary>
    public required string FamilyName { get; init; }

    /// <summary>The user name, for who holds the mailed link and so knows it; what was typed otherwise.</summary>
    public string ShownLogin => View.ByMail ? View.Invitation.UserName : Login;

    /// <summary>A sentence above the forms; null when it stands at a field or nothing failed.</summary>
    public string? Sentence =>
        Failure is { Refusal: { Field: null or not ("login" or "password" or "name") } refusal } ? refusal.Message : null;

    /// <summary>The role, as people call it.</summary>
    public string Role => View.Workspace.Configuration.Role(View.Invitation.Role)?.Label ?? View.Invitation.Role;

    /// <summary>What kind of account the invitation is bound to; null where it is not, or to one of this server.</summary>
    public string? Bound =>
        View.Invitation.Provider switch
        {
            IdentityProvider.Google => "a Google account",
            IdentityProvider.Entra => View.Invitation.TenantId is null ? "a Microsoft account" : "a Microsoft account of one organisation",
            IdentityProvider.Oidc => "an account of your organisation",
            _ => null,
        };
}

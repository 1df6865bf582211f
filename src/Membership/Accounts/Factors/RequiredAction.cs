using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts.Factors;

/// <summary>What a person who is signed in must do before anything opens.</summary>
public enum RequiredAction
{
    /// <summary>Nothing: the session opens what its person may open.</summary>
    None,

    /// <summary>Prove the second factor of the account.</summary>
    SecondFactor,

    /// <summary>Prove anew who they are: an admin ended the sessions of this member in this workspace.</summary>
    Again,

    /// <summary>Set a second factor up: this workspace lets nobody in without.</summary>
    SetUp,

    /// <summary>Accept the terms of use of this workspace, or their newer version.</summary>
    Terms,
}

/// <summary>The one rule by which password, link, passkey and provider alike are asked for more, at each request.</summary>
public static class SignInDemands
{
    private static readonly HashSet<string> Strong = ["mfa", "otp", "hwk", "swk", "sc", "fpt", "face", "iris", "retina", "vbm"];

    /// <summary>What this session still owes before the terms of use, which are asked of a member who has proven all else.</summary>
    /// <param name="session">The session.</param>
    /// <param name="factor">What the account has set up; null for nothing.</param>
    /// <param name="rules">The rules of the workspace that the request names; null when it names none.</param>
    /// <param name="endedAt">When an admin of that workspace last ended the person's sessions there; null for never.</param>
    /// <param name="isBounded">Whether a workspace's own provider let the person in: what it says of a second factor counts where
    /// that workspace trusts it, and never for the account itself.</param>
    public static RequiredAction Of(
        Session session,
        SecondFactor? factor,
        SignInRules? rules,
        DateTimeOffset? endedAt,
        bool isBounded = false
    )
    {
        var isSetUp = factor is { IsSetUp: true };
        var counts = (rules?.MfaCountsProvider ?? !isBounded) && IsStrong(session.ProviderMethods);
        return isSetUp && session.SecondProvenAt is null && !counts ? RequiredAction.SecondFactor
            : endedAt >= session.StandsSince ? RequiredAction.Again
            : rules is { Mfa: MfaPolicy.Required } && !isSetUp && !counts ? RequiredAction.SetUp
            : RequiredAction.None;
    }

    /// <summary>
    /// The same as a refusal, for doors without pages (<c>secondFactorNeeded</c>, <c>signInAgain</c>, <c>secondFactorMissing</c>,
    /// <c>termsNotAccepted</c>); null when nothing is owed.
    /// </summary>
    public static Refusal? Refuse(RequiredAction demand) =>
        demand switch
        {
            RequiredAction.SecondFactor => new(RefusalKind.Forbidden, "secondFactorNeeded", "Confirm your second factor first."),
            RequiredAction.Again => RecentAuthentication.Needed(),
            RequiredAction.SetUp => new(
                RefusalKind.Forbidden,
                "secondFactorMissing",
                "Nobody gets in here without a second factor. Set one up first."
            ),
            RequiredAction.Terms => new(
                RefusalKind.Forbidden,
                "termsNotAccepted",
                "Nobody gets in here who has not accepted the terms of use. Accept them first."
            ),
            _ => null,
        };

    /// <summary>
    /// Whether a provider's <c>amr</c> (RFC 8176) tells of more than a password. Codes by text message or telephone do not count.
    /// </summary>
    /// <param name="methods">The values, separated by blanks; null when it said nothing.</param>
    public static bool IsStrong(string? methods) => methods is not null && methods.Split(' ').Any(Strong.Contains);
}

using UserManagement.Membership;

namespace UserManagement.Identity.SignIn;

/// <summary>
/// The words of a sign-in at a provider that led nowhere: what happened, why, and what to do next. The core's sentences stand as
/// they are; those of the checks of a provider's answer are names of checks, which are for the log and for nobody who reads a page.
/// </summary>
internal static class RefusalWords
{
    private const string NotAsItShould =
        "did not answer as it should, so nobody was signed in. Start again; if it happens again, tell an admin of your "
        + "workspace: its sign-in page shows what went wrong.";

    /// <summary>The refusal with a sentence for people.</summary>
    /// <param name="refusal">The refusal as it came.</param>
    /// <param name="provider">The connection's name; null when it is gone.</param>
    public static Refusal Of(Refusal refusal, string? provider)
    {
        var name = provider ?? "The provider";
        return refusal.Code switch
        {
            "entraTenantAllowed" or "entraAuthority" => refusal with
            {
                Message =
                    $"{name} lets in people of certain organisations here, and this account belongs to another. Use the account "
                    + $"of your organisation; if this is the one, ask an admin of the workspace, or whoever invited you, to let "
                    + $"your organisation in.",
            },
            "googleDomain" => refusal with
            {
                Message =
                    $"{name} lets in accounts of certain organisations here, and this account belongs to none of them. Use the "
                    + $"Google account of your organisation; if this is the one, ask an admin of the workspace, or whoever "
                    + $"invited you, to let its domain in.",
            },
            "googleEmail" or "googleEmailVerified" => refusal with
            {
                Message =
                    $"{name} has not verified the address of this account. Verify it there and sign in again, or use another account.",
            },
            "entraTenant" or "entraObject" => refusal with
            {
                Message =
                    $"{name} did not say to which organisation this account belongs. Use a work or school account, or ask an "
                    + $"admin of the workspace.",
            },

            // A provider that cannot be reached reads the same, whatever keeps it away: its name may lie inside a network.
            "addressNotAllowed" => new(
                RefusalKind.Unavailable,
                "providerUnreachable",
                $"{name} does not answer as it should. Try again in a while, or sign in another way.",
                RetryAfter: TimeSpan.FromSeconds(30)
            ),
            "issuerMismatch" => refusal with
            {
                Message =
                    $"{name} says that it is another provider than the one that was connected. Sign in another way, and tell an "
                    + $"admin of your workspace.",
            },
            "documentMoved" or "providerUnsupported" => refusal with
            {
                Message = $"{name} is not what it was when it was connected. Sign in another way, and tell an admin of your workspace.",
            },
            _ when refusal.Message.Contains($"({refusal.Code})", StringComparison.Ordinal) => refusal with
            {
                Message = $"{name} {NotAsItShould}",
            },
            _ => refusal,
        };
    }

    /// <summary>Whether another account at the same provider may be let in where this one is not.</summary>
    public static bool IsWrongAccount(string code) =>
        code
            is "entraTenantAllowed"
                or "entraAuthority"
                or "entraTenant"
                or "entraObject"
                or "googleDomain"
                or "googleEmail"
                or "googleEmailVerified";

    /// <summary>The heading.</summary>
    public static string Title(string code) =>
        code switch
        {
            "accessDenied" => "You were not signed in",
            "wrongProvider" or "wrongTenant" or "wrongUserName" => "This account does not fit the invitation",
            "unknownPerson" or "noProvenName" => "Nobody here knows this account",
            "otherAccount" => "You sign in another way here",
            "loginTaken" => "This account is somebody's already",
            "answerUsed" or "answerWithoutStart" or "answerAge" or "answerState" => "This sign-in is over",
            "connectionGone" => "This way to sign in is gone",
            "connectionNotTaken" or "organisationNotTaken" => "This account is not let in here",
            "suspended" => "Your access is switched off",
            "alreadyMember" => "You are in already",
            "seatsFull" or "slotsFull" or "membersFull" or "licensesFull" => "There is no room",
            "providerUnreachable" or "addressNotAllowed" or "issuerMismatch" => "The provider cannot be reached",
            _ when IsWrongAccount(code) => "This account is not let in here",
            _ => "You could not be signed in",
        };
}

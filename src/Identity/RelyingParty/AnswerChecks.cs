using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>The provider's answer as it came back with the browser, beside what was remembered.</summary>
/// <param name="Connection">The connection of the address that was called, read now.</param>
/// <param name="Saved">What was remembered.</param>
/// <param name="Parameters">The answer's parameters as sent.</param>
/// <param name="Now">The time.</param>
internal sealed record Answer(
    IdentityConnection Connection,
    SignInState Saved,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    DateTimeOffset Now
)
{
    /// <summary>A parameter; null when it is not there.</summary>
    public string? this[string name] => Parameters.FirstOrDefault(p => p.Key == name).Value is { Length: > 0 } value ? value : null;
}

/// <summary>An answer to a sign-in of this browser, beside what the provider publishes.</summary>
/// <param name="Answer">The answer, of which <see cref="AnswerChecks.Belonging"/> holds.</param>
/// <param name="Document">The provider's document.</param>
internal sealed record OwnAnswer(Answer Answer, OpenIdConnectConfiguration Document)
{
    /// <summary>A parameter; null when it is not there.</summary>
    public string? this[string name] => Answer[name];
}

/// <summary>
/// What must hold of an answer before anything is sent to the provider: the two lists, one after the other, are the algorithm.
/// </summary>
internal static class AnswerChecks
{
    private const int LongestCode = 4096;

    /// <summary>
    /// Whether it answers what was begun here, in their order. What does not is anybody's word, and is told to nobody but who sent it.
    /// </summary>
    public static IReadOnlyList<Check<Answer>> Belonging { get; } =
    [
        // RFC 6749 section 3.1: no parameter twice
        new("answerParameters", a => a.Parameters.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() == a.Parameters.Count),
        // RFC 9700 section 4.7: the answer belongs to this browser's sign-in
        new("answerState", a => a["state"] == a.Saved.State),
        new("answerAge", a => a.Now < a.Saved.StartedAt + SignInState.Lifetime && a.Now > a.Saved.StartedAt - IdToken.Skew),
        // RFC 9700 section 4.4: one address for each connection, and the connection still what it was
        new("answerConnection", a => a.Saved.Connection == a.Connection.Id.Value),
        new("answerConnectionChanged", a => a.Saved.Authority == a.Connection.Authority && a.Saved.ClientId == a.Connection.ClientId),
    ];

    /// <summary>Whether the provider said yes, in their order.</summary>
    public static IReadOnlyList<Check<OwnAnswer>> All { get; } =
    [
        // RFC 9207 section 2.4: an issuer is the right one, and is there when the provider says that it always is
        new("answerIssuerMissing", a => !a.Document.AuthorizationResponseIssParameterSupported || a["iss"] is not null),
        new("answerIssuer", a => a["iss"] is not { } issuer || IsIssuer(a, issuer)),
        new("accessDenied", a => a["error"] is not "access_denied"),
        new("answerError", a => a["error"] is null),
        new("answerCode", a => a["code"] is { Length: <= LongestCode }),
    ];

    private static bool IsIssuer(OwnAnswer a, string issuer) =>
        issuer == a.Document.Issuer
        || (a.Answer.Connection.Kind == ConnectionKind.Google && GoogleRules.OneForm(issuer) == GoogleRules.OneForm(a.Document.Issuer))
        || (a.Answer.Connection.Kind == ConnectionKind.Entra && EntraRules.TenantOf(a.Document.Issuer, issuer) is not null);
}

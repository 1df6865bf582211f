using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>
/// One sign-in at a provider while one request of it runs: what the events of the OpenIdConnect handler need beside what
/// it tells them, and what they find out. It lies in the request's features.
/// </summary>
/// <param name="connection">The connection, read now.</param>
/// <param name="saved">What the sign-in remembers.</param>
internal sealed class SignInInHand(ConnectionWithSecret connection, SignInState saved)
{
    /// <summary>The connection.</summary>
    public ConnectionWithSecret Connection => connection;

    /// <summary>What the sign-in remembers; at a start the handler adds its proof key.</summary>
    public SignInState Saved { get; set; } = saved;

    /// <summary>What it begins with; null when an answer came.</summary>
    public SignInStart? Start { get; init; }

    /// <summary>Whether the request is an answer to what was begun in this browser (<see cref="AnswerChecks.Belonging"/>).</summary>
    public bool IsAnswered { get; set; }

    /// <summary>The ID token as it came, taken apart; null until then.</summary>
    public IdToken? Token { get; set; }

    /// <summary>What the UserInfo endpoint said of the same subject; null when it was not asked.</summary>
    public Claims? UserInfo { get; set; }

    /// <summary>Why it led nowhere; null when it did not.</summary>
    public Exception? Failure { get; set; }

    /// <summary>That of a request.</summary>
    public static SignInInHand Of(HttpContext http) => http.Features.GetRequiredFeature<SignInInHand>();
}

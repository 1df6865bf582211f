using System.Buffers.Text;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>An ID token (or UserInfo as a JWT), taken apart strictly, with what any such token is checked against.</summary>
internal sealed class IdToken
{
    /// <summary>How far the provider's clock and ours may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private const int Longest = 64 * 1024;

    private IdToken(Claims header, Claims payload) => (Header, Payload) = (header, payload);

    /// <summary>The connection, read now.</summary>
    public required IdentityConnection Connection { get; init; }

    /// <summary>The issuer of the provider's document.</summary>
    public required string Documented { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The JOSE header.</summary>
    public Claims Header { get; }

    /// <summary>The claims.</summary>
    public Claims Payload { get; }

    /// <summary>The claim iss; empty when there is none.</summary>
    public string Issuer => Payload.Text("iss") ?? "";

    /// <summary>Takes a token apart: three parts, two of them JSON objects, not too long. Null when it is none.</summary>
    /// <param name="compact">The token as it came; null when none came.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="documented">The issuer of the provider's document.</param>
    /// <param name="now">The time.</param>
    public static IdToken? Read(string? compact, IdentityConnection connection, string documented, DateTimeOffset now)
    {
        var parts = compact is { Length: <= Longest } ? compact.Split('.') : [];
        return parts is [var header, var payload, { Length: > 0 }] && Part(header) is { } head && Part(payload) is { } body
            ? new(head, body)
            {
                Connection = connection,
                Documented = documented,
                Now = now,
            }
            : null;
    }

    private static Claims? Part(string text)
    {
        try
        {
            return Claims.Read(Base64Url.DecodeFromChars(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

using System.Buffers.Text;
using UserManagement.Membership.Connections;

namespace UserManagement.Identity;

/// <summary>An ID token, taken apart and not yet believed, with all that it is checked against.</summary>
internal sealed class IdToken
{
    /// <summary>How far the provider's clock and ours may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private const int Longest = 64 * 1024;
    private readonly Func<IdToken, Task<bool>> _signed;

    private IdToken(string compact, Claims header, Claims payload, Func<IdToken, Task<bool>> signed)
    {
        Compact = compact;
        Header = header;
        Payload = payload;
        _signed = signed;
    }

    /// <summary>The connection, read now.</summary>
    public required IdentityConnection Connection { get; init; }

    /// <summary>The provider's document.</summary>
    public required ProviderDocument Document { get; init; }

    /// <summary>What the sign-in remembered.</summary>
    public required SignInState Saved { get; init; }

    /// <summary>The issuer that the answer named (RFC 9207); null for none.</summary>
    public required string? AnswerIssuer { get; init; }

    /// <summary>The access token that came with it; null for none.</summary>
    public required string? AccessToken { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The token as it came.</summary>
    public string Compact { get; }

    /// <summary>The JOSE header.</summary>
    public Claims Header { get; }

    /// <summary>The claims.</summary>
    public Claims Payload { get; }

    /// <summary>The header's algorithm; empty when there is none.</summary>
    public string Algorithm => Header.Text("alg") ?? "";

    /// <summary>The claim iss; empty when there is none.</summary>
    public string Issuer => Payload.Text("iss") ?? "";

    /// <summary>Whether one of the provider's keys signed it.</summary>
    public Task<bool> IsSignedAsync() => _signed(this);

    /// <summary>Takes a token apart: three parts, two of them JSON objects, not too long. Null when it is none.</summary>
    public static IdToken? Read(string compact, Answer answer, string? accessToken, Func<IdToken, Task<bool>> signed)
    {
        var parts = compact.Length <= Longest ? compact.Split('.') : [];
        return parts is [var header, var payload, { Length: > 0 }] && Part(header) is { } head && Part(payload) is { } body
            ? new(compact, head, body, signed)
            {
                Connection = answer.Connection,
                Document = answer.Document,
                Saved = answer.Saved,
                AnswerIssuer = answer["iss"],
                AccessToken = accessToken,
                Now = answer.Now,
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

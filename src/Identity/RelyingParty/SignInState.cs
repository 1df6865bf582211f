using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using UserManagement.Membership;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Identity;

/// <summary>
/// What a sign-in remembers between its start and the provider's answer. It travels in a cookie of the browser that
/// began, sealed by the data protection that all servers share; the provider sees <see cref="State"/> alone.
/// </summary>
internal sealed record SignInState
{
    /// <summary>How long a person may take at the provider.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private const string Sealing = "UserManagement.Identity.SignInState.v1";

    public required Guid Connection { get; init; }

    public required string Authority { get; init; }

    public required string ClientId { get; init; }

    public required string RedirectUri { get; init; }

    public required string State { get; init; }

    public required string Nonce { get; init; }

    public required string Verifier { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public Guid? Workspace { get; init; }

    public string? InvitationSecret { get; init; }

    public required string ReturnPath { get; init; }

    public SignInPurpose Purpose { get; init; }

    public bool ProveAnew { get; init; }

    /// <summary>Whether it asks for the new proof in the other way, because the first led nowhere.</summary>
    public bool OtherWay { get; init; }

    public Guid? Session { get; init; }

    [JsonIgnore]
    public SignInAim Aim => new(Workspace is { } id ? new Id<Workspace>(id) : null, InvitationSecret);

    /// <summary>What it began with, as far as that is remembered: to begin anew.</summary>
    [JsonIgnore]
    public SignInStart Start =>
        new(new(RedirectUri), Aim.Workspace, InvitationSecret, ReturnPath)
        {
            Purpose = Purpose,
            ProveAnew = ProveAnew,
            Session = Session is { } id ? new Id<Membership.Accounts.Session>(id) : null,
        };

    /// <summary>Seals it.</summary>
    public string Seal(IDataProtectionProvider protection) => protection.CreateProtector(Sealing).Protect(JsonSerializer.Serialize(this));

    /// <summary>Opens what <see cref="Seal"/> made; null for anything else.</summary>
    public static SignInState? Open(IDataProtectionProvider protection, string? sealedState)
    {
        if (string.IsNullOrEmpty(sealedState) || sealedState.Length > 8192)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<SignInState>(protection.CreateProtector(Sealing).Unprotect(sealedState));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }
}

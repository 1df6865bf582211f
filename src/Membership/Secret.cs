using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership;

/// <summary>Random secrets for links, tokens and sessions: shown once, stored as a hash.</summary>
public static class Secret
{
    /// <summary>
    /// A new secret of 256 random bits in URL-safe characters (43 of them), after an optional prefix that scanners can find.
    /// </summary>
    public static string New(string prefix = "") => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>
    /// A new secret of what belongs to a workspace (63 characters): 248 random bits behind the workspace's id, so that what it opens is
    /// looked for in that workspace alone. Its hash is of the whole: with another id before them the random bits open nothing.
    /// </summary>
    public static string Within(Id<Workspace> workspace) =>
        Base64Url.EncodeToString([.. workspace.Value.ToByteArray(), .. RandomNumberGenerator.GetBytes(31)]);

    /// <summary>The workspace that a secret names; null for one that names none, as those of earlier versions.</summary>
    public static Id<Workspace>? WorkspaceOf(string secret)
    {
        Span<byte> bytes = stackalloc byte[48];
        return secret.Length == 63 && Base64Url.TryDecodeFromChars(secret, bytes, out var read) && read == 47
            ? new Id<Workspace>(new(bytes[..16]))
            : null;
    }

    /// <summary>The hash under which a secret is looked up: SHA-256. The secret is random, so no salt and no slow hash is needed.</summary>
    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}

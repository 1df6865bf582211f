using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>
/// A key with which a program of whoever runs the installation, its billing or provisioning, sets plans by REST. It always ends by itself,
/// opens the operator's calls and nothing of any workspace. Kept as a <see cref="Mark"/> under the hash of the key, so that it is
/// recognized by one keyed read; the key itself is shown once and kept nowhere.
/// </summary>
public sealed record OperatorKey
{
    /// <summary>What every key begins with, so that scanners for leaked secrets find it.</summary>
    public const string Prefix = "umop_";

    /// <summary>What the names of marks begin with.</summary>
    internal const string MarkPrefix = "operatorKey:";

    /// <summary>Its id: made from its hash, so that it is the same at each request.</summary>
    public required Guid Id { get; init; }

    /// <summary>A name for people: which program has it.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Whether its time runs.</summary>
    public bool IsLive(DateTimeOffset at) => at < ExpiresAt;

    /// <summary>The name of the mark of a key.</summary>
    internal static string MarkOf(string secret) => MarkPrefix + Convert.ToHexStringLower(Secret.Hash(secret));

    /// <summary>The mark of a new key.</summary>
    internal static Mark Made(string secret, string name, DateTimeOffset at, DateTimeOffset expiresAt) =>
        new()
        {
            Name = MarkOf(secret),
            Value = JsonSerializer.Serialize(new Kept(name, expiresAt), JsonSerializerOptions.Web),
            At = at,
        };

    /// <summary>Reads a mark.</summary>
    internal static OperatorKey Of(Mark mark)
    {
        var kept = JsonSerializer.Deserialize<Kept>(mark.Value, JsonSerializerOptions.Web)!;
        return new()
        {
            Id = new Guid(Convert.FromHexString(mark.Name[MarkPrefix.Length..]).AsSpan(0, 16)),
            Name = kept.Name,
            CreatedAt = mark.At,
            ExpiresAt = kept.ExpiresAt,
        };
    }

    /// <summary>The marks of all keys, oldest first.</summary>
    internal static Task<List<Mark>> AllAsync(MembershipDb db, CancellationToken ct) =>
        db.Marks.AsNoTracking().Where(m => m.Name.StartsWith(MarkPrefix)).OrderBy(m => m.At).ThenBy(m => m.Name).ToListAsync(ct);

    /// <summary>Whoever sends it: one that answers to nobody, for the operator's calls alone.</summary>
    internal Actor Acting() => Actor.Operator with { Door = Door.Rest, Name = Name, Id = Id };

    /// <summary>What a mark says of a key; what a later version says beside it is passed over.</summary>
    private sealed record Kept(string Name, DateTimeOffset ExpiresAt);
}

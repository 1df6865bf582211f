using UserManagement.Membership.Access;

namespace UserManagement.Membership.Audit;

/// <summary>Which lines of the audit log somebody wants to see; all that is set must hold.</summary>
public sealed record AuditQuery
{
    /// <summary>
    /// How many lines a page looks at for what no index serves: one that finds few of them, or none, leads on to the next.
    /// </summary>
    public const int MostLookedAt = 10_000;

    /// <summary>Only acts that begin so, letter case told apart (<c>member.</c>, <c>role.changed</c>); null for all.</summary>
    public string? Act { get; init; }

    /// <summary>Only about this thing; null for all.</summary>
    public Guid? Target { get; init; }

    /// <summary>Only by this member, key or token; null for all.</summary>
    public Guid? Actor { get; init; }

    /// <summary>
    /// Only what was done by, or to, whom this names: beginnings of words of name or address as in the member list, also of who was removed
    /// or left, or an id. Where it names nobody, or very many, a part of the name that a line shows. Null or empty for all.
    /// </summary>
    public string? Person { get; init; }

    /// <summary>Only by this kind of party; null for all.</summary>
    public ActorKind? ActorKind { get; init; }

    /// <summary>Only through this door; null for all.</summary>
    public Door? Door { get; init; }

    /// <summary>Only what was refused, or only what was done; null for both.</summary>
    public bool? Refused { get; init; }

    /// <summary>From this time on; null for the beginning.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this time; null for now.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether nothing but acts and times are asked for, which one index serves.</summary>
    internal bool IsActAlone =>
        Act is { Length: > 0 }
        && this
            == new AuditQuery
            {
                Act = Act,
                Since = Since,
                Until = Until,
            };
}

using System.Text.Json;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Protocol.Resources;

/// <summary>Why something that a client sent was passed over.</summary>
public enum PassedOverReason
{
    /// <summary>No attribute of that name is known.</summary>
    Unknown,

    /// <summary>It belongs to a schema that is not served.</summary>
    Unserved,

    /// <summary>It is known and not kept: a password.</summary>
    NotKept,

    /// <summary>It is the server's own and would be another value.</summary>
    ReadOnly,

    /// <summary>It says nothing where something must be said: null, or a list of nothing.</summary>
    Empty,

    /// <summary>It is larger than is kept: a photo as a data URI.</summary>
    TooLarge,

    /// <summary>It names somebody who is not here.</summary>
    NotHere,
}

/// <summary>
/// Something that a client sent, that a tolerant reading passed over, and that somebody should hear of. Never a value:
/// the attribute's path and the reason alone.
/// </summary>
/// <param name="Path">The attribute as the client named it, cut to a length that can stand in a log.</param>
/// <param name="Reason">Why.</param>
public sealed record PassedOver(string Path, PassedOverReason Reason)
{
    /// <summary>Why a name is not known: it belongs to a schema that the type does not have, or to none.</summary>
    internal static PassedOverReason ReasonOf(string name, ScimResourceType type) =>
        name.Contains(':', StringComparison.Ordinal) && !type.Extensions.Append(type.Core).Any(schema => IsBelow(schema.Id, name))
            ? PassedOverReason.Unserved
            : PassedOverReason.Unknown;

    private static bool IsBelow(string urn, string name) =>
        name.StartsWith(urn, StringComparison.OrdinalIgnoreCase) && (name.Length == urn.Length || name[urn.Length] is ':' or '.');

    /// <summary>Path and reason in one line: <c>costCenter (unknown)</c>.</summary>
    public override string ToString() => $"{Path} ({JsonNamingPolicy.CamelCase.ConvertName(Reason.ToString())})";
}

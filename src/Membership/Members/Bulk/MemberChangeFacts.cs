using System.Text.Json;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Members.Bulk;

/// <summary>
/// What one turn did, as its line of the audit log holds it: enough to show it and to take it back. Names nobody but by id.
/// </summary>
internal sealed record MemberChangeFacts
{
    /// <summary>Act of the line of a turn.</summary>
    public const string Act = "members.changed";

    /// <summary>Act of the line that takes a turn back.</summary>
    public const string UndoneAct = "members.changeUndone";

    /// <summary>Kind of the target of both: the id is that of the whole run.</summary>
    public const string Target = "memberChange";

    /// <summary>The change, see <see cref="BulkChange.ToString"/>.</summary>
    public required string Change { get; init; }

    /// <summary>Whom it changed and who can be given back what they had.</summary>
    public IReadOnlyList<Guid> Members { get; init; } = [];

    /// <summary>What each had: the role's or license's key, or that they were suspended; null where there was nothing to keep.</summary>
    public IReadOnlyList<string>? Were { get; init; }

    /// <summary>Who was only invited and is gone for good.</summary>
    public IReadOnlyList<Guid>? Ended { get; init; }

    /// <summary>How many had it already.</summary>
    public int Unchanged { get; init; }

    /// <summary>Who was refused.</summary>
    public IReadOnlyList<Guid>? Refused { get; init; }

    /// <summary>Why, in the same order.</summary>
    public IReadOnlyList<string>? Reasons { get; init; }

    /// <summary>Reads it from a line; null where the line no longer holds it.</summary>
    public static MemberChangeFacts? Read(AuditEntry line) => Read<MemberChangeFacts>(line);

    /// <summary>The same for the line of an undo.</summary>
    public static MemberUndoFacts? ReadUndo(AuditEntry line) => Read<MemberUndoFacts>(line);

    private static T? Read<T>(AuditEntry line)
        where T : class => line.After is { } text ? JsonSerializer.Deserialize<T>(text, WorkspaceConfiguration.Json) : null;
}

/// <summary>What one undo did, as its line holds it.</summary>
/// <param name="Line">The line of the turn that it took back.</param>
/// <param name="Undone">How many have again what they had.</param>
/// <param name="Kept">How many something else has happened to since, or who were refused.</param>
internal sealed record MemberUndoFacts(Guid Line, int Undone, int Kept);

using UserManagement.Membership.Access;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Invitations.Imports;

/// <summary>How far an import is.</summary>
public enum ImportState
{
    /// <summary>Uploaded: to be looked at and corrected; nothing is sent.</summary>
    Draft,

    /// <summary>Confirmed: its rows are invited one after the other.</summary>
    Sending,

    /// <summary>Every row has its outcome.</summary>
    Done,
}

/// <summary>What became of a row.</summary>
public enum ImportRowState
{
    /// <summary>Nothing yet.</summary>
    Waiting,

    /// <summary>The person is invited.</summary>
    Sent,

    /// <summary>The person is not invited; the row says why.</summary>
    Refused,
}

/// <summary>
/// People to be invited from one file: a draft until somebody confirms it, then a job that any server works off, row by row. Its
/// stored words may be those of a later version.
/// </summary>
public sealed record InvitationImport
{
    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>Its id.</summary>
    public required Id<InvitationImport> Id { get; init; }

    /// <summary>How far it is.</summary>
    public required ImportState State { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was confirmed; null for a draft.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its last row had its outcome; null before.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>How many rows it has.</summary>
    public required int Total { get; init; }

    /// <summary>How many of them were confirmed to be sent; 0 for a draft.</summary>
    public int Confirmed { get; init; }

    /// <summary>Who confirmed it, or uploaded it while it is a draft.</summary>
    public required ActorKind ActorKind { get; init; }

    /// <summary>The member's or key's id; null for the operator.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Their name at that time.</summary>
    public required string ActorName { get; init; }

    /// <summary>The door they came through.</summary>
    public required Door Door { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long Version { get; init; }
}

/// <summary>One row of an import.</summary>
public sealed record InvitationImportRow
{
    /// <summary>The code of a row that has more cells than the template has columns.</summary>
    internal const string TooManyCells = "cells";

    /// <summary>So much of a day is kept: more is none.</summary>
    internal const int MostDay = 40;

    /// <summary>The workspace.</summary>
    public required Id<Workspace> WorkspaceId { get; init; }

    /// <summary>The import.</summary>
    public required Id<InvitationImport> ImportId { get; init; }

    /// <summary>The line of the file.</summary>
    public required int Line { get; init; }

    /// <summary>The address, as it was typed.</summary>
    public required string UserName { get; init; }

    /// <summary>By what the address is compared; null where it cannot be a name.</summary>
    public string? UserNameKey { get; init; }

    /// <summary>The role's key or label, as it was typed.</summary>
    public required string Role { get; init; }

    /// <summary>The last day, as it was typed; empty for no end, null where the file has no such column.</summary>
    public string? LastDay { get; init; }

    /// <summary>What became of it.</summary>
    public ImportRowState State { get; init; }

    /// <summary>Why it was refused, for programs; null when it was not.</summary>
    public string? Code { get; init; }

    /// <summary>The same in words.</summary>
    public string? Message { get; init; }

    /// <summary>The invitation that was made; null for none.</summary>
    public Id<Invitation>? InvitationId { get; init; }

    /// <summary>A row as it was read.</summary>
    internal static InvitationImportRow New(Id<Workspace> workspace, Id<InvitationImport> import, InvitationCsvRow row) =>
        new InvitationImportRow
        {
            WorkspaceId = workspace,
            ImportId = import,
            Line = row.Line,
            UserName = "",
            Role = "",
            Code = row.Cells > (row.LastDay is null ? 2 : 3) ? TooManyCells : null,
        }.Typed(row.Email, row.Role, row.LastDay);

    /// <summary>The row with what somebody typed into it.</summary>
    internal InvitationImportRow Typed(string email, string role, string? lastDay)
    {
        var name = Storable(Membership.Key.Identifier(email.Trim()));
        return this with
        {
            UserName = name,
            UserNameKey = Membership.Key.Check("email", name) is null ? Membership.Key.Of(name) : null,
            Role = Storable(role.Trim()),
            LastDay = lastDay is null ? null : Membership.Key.Cut(Storable(lastDay.Trim()), MostDay),
        };
    }

    // One character more than may be: it stays too long. What is no text is stored as what is no address.
    private static string Storable(string text) =>
        Membership.Key.IsText(text) ? Membership.Key.Cut(text, Membership.Key.MaxLength + 1) : "\uFFFD";
}

/// <summary>A row with what stands against it now.</summary>
/// <param name="Row">The row.</param>
/// <param name="Role">The key of its role; null when it names none.</param>
/// <param name="Refusal">Why it would not be, or was not, invited; null when nothing stands against it.</param>
public sealed record CheckedRow(InvitationImportRow Row, string? Role, Refusal? Refusal);

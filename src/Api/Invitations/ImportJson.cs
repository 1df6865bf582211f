using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Invitations.Imports;

namespace UserManagement.Api.Invitations;

/// <summary>People to invite, each to a role of their own.</summary>
internal sealed record NewImport
{
    /// <summary>The people, up to 1,000; more as CSV.</summary>
    public required IReadOnlyList<NewImportRow> Rows { get; init; }
}

/// <summary>One of them.</summary>
internal sealed record NewImportRow
{
    /// <summary>The e-mail address.</summary>
    public required string Email { get; init; }

    /// <summary>The role's key or label.</summary>
    public required string Role { get; init; }

    /// <summary>The last day of their time as a member, as 2026-12-31; null for no end. Needs members.manage.</summary>
    public string? LastDay { get; init; }
}

/// <summary>A list of people to invite: what a check found, or the job that invites them.</summary>
internal sealed record ImportJson
{
    /// <summary>The job's id; null for a check, of which nothing is kept.</summary>
    public Guid? Id { get; init; }

    /// <summary>How far it is.</summary>
    public required ImportState Status { get; init; }

    /// <summary>How many rows it has.</summary>
    public required int Total { get; init; }

    /// <summary>How many people are invited.</summary>
    public required int Sent { get; init; }

    /// <summary>How many rows are refused; of a draft or a check, how many would be.</summary>
    public required int Refused { get; init; }

    /// <summary>How many rows wait; of a draft or a check, how many can be sent.</summary>
    public required int Waiting { get; init; }

    /// <summary>Rows, those that are refused first.</summary>
    public required IReadOnlyList<ImportRowJson> Rows { get; init; }

    /// <summary>Of a job.</summary>
    public static ImportJson Of(InvitationImportView view) =>
        new()
        {
            Id = view.Import.Id.Value,
            Status = view.Import.State,
            Total = view.Import.Total,
            Sent = view.Sent,
            Refused = view.Faulty,
            Waiting = view.Waiting,
            Rows = [.. view.Rows.Select(ImportRowJson.Of)],
        };

    /// <summary>Of a check.</summary>
    public static ImportJson Of(IReadOnlyList<CheckedRow> rows) =>
        new()
        {
            Status = ImportState.Draft,
            Total = rows.Count,
            Sent = 0,
            Refused = rows.Count(r => r.Refusal is not null),
            Waiting = rows.Count(r => r.Refusal is null),
            Rows = [.. rows.OrderBy(r => r.Refusal is null).ThenBy(r => r.Row.Line).Select(ImportRowJson.Of)],
        };
}

/// <summary>A row and what became, or would become, of it.</summary>
internal sealed record ImportRowJson
{
    /// <summary>The line of the CSV on which it begins, from 1; of JSON its number.</summary>
    public required int Line { get; init; }

    /// <summary>The address as it was sent.</summary>
    public required string Email { get; init; }

    /// <summary>The key of the role; what was sent where that names none.</summary>
    public required string Role { get; init; }

    /// <summary>The last day of their time as a member as it was sent; null for no end.</summary>
    public string? LastDay { get; init; }

    /// <summary>What became of it.</summary>
    public required ImportRowState Status { get; init; }

    /// <summary>The id of the invitation; null while there is none.</summary>
    public Guid? InvitationId { get; init; }

    /// <summary>Why it is refused; null when it is not.</summary>
    public Problem? Problem { get; init; }

    /// <summary>Of a row.</summary>
    public static ImportRowJson Of(CheckedRow row) =>
        new()
        {
            Line = row.Row.Line,
            Email = row.Row.UserName,
            Role = row.Role ?? row.Row.Role,
            LastDay = row.Row.LastDay is { Length: > 0 } day ? day : null,
            Status = row.Refusal is not null ? ImportRowState.Refused : row.Row.State,
            InvitationId = row.Row.InvitationId?.Value,
            Problem = row.Refusal is { } refusal ? Problem.Of(refusal) : null,
        };
}

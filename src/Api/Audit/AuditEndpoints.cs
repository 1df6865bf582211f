using System.Text.Json;
using UserManagement.Api.Http;
using UserManagement.Membership.Access;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Members;

namespace UserManagement.Api.Audit;

/// <summary>The audit log.</summary>
internal static class AuditEndpoints
{
    private const string Log = "/workspaces/{slug}/audit";

    private static readonly ApiParameter[] Filters =
    [
        new("act", "Only acts that begin so: member., role.changed."),
        new("target", "Only about the thing with this id.") { IsId = true },
        new("actor", "Only by the member, key or token with this id.") { IsId = true },
        new("person", "Only by or about whom this names: beginnings of words of name or address, an id, or a part of the name shown."),
        new("actorKind", "Only by this kind of party.")
        {
            Choices = ["member", "person", "directory", "apiKey", "operator", "system", "portalLink"],
        },
        new("door", "Only through this door.") { Choices = ["page", "scim", "rest", "signIn", "commandLine", "none"] },
        new("refused", "Only what was refused, or only what was done.") { Choices = ["true", "false"] },
        new("since", "From this time on.") { IsTime = true },
        new("until", "Before this time.") { IsTime = true },
    ];

    public static void Map(ApiTable api)
    {
        api.Get(Log, ListAsync)
            .Says(
                "Read the audit log",
                $"Newest first. At most {AuditQuery.MostLookedAt} lines are looked at for a page: one that finds few of them, or none, leads on "
                    + "by nextCursor."
            )
            .Needs(Permission.ReadAudit)
            .Takes([.. Filters, ApiParameter.Limit, ApiParameter.Cursor])
            .Gives<ListJson<AuditJson>>();
        api.Get(Log + "/lines.csv", call => LinesAsync(call, isCsv: true))
            .Says("Export lines of the audit log as CSV", "Newest first; the export itself is a line of the log. Proven is /audit/export.")
            .Needs(Permission.ReadAudit)
            .Takes(Filters)
            .Gives<string>(mediaType: MemberCsv.MediaType);
        api.Get(Log + "/lines.jsonl", call => LinesAsync(call, isCsv: false))
            .Says(
                "Export lines of the audit log as JSON lines",
                "Newest first; the export itself is a line of the log. Proven is /audit/export."
            )
            .Needs(Permission.ReadAudit)
            .Takes(Filters)
            .Gives<string>(mediaType: AuditFiles.JsonLines);
        api.Get(Log + "/export", ExportAsync)
            .Says(
                "Export the sealed audit log",
                "JSON lines with the chain and its signed head, which `audit verify` checks without this server. Lines of the last seconds may not be sealed yet."
            )
            .Needs(Permission.ReadAudit)
            .Gives<string>(mediaType: AuditFiles.JsonLines);
    }

    private static async Task<ApiAnswer> ExportAsync(ApiCall call)
    {
        // what there is to refuse is found before anything is sent
        var first = await call.Act<ExportAudit>().ReadyAsync(call.Actor, call.Workspace.Id, call.Ct);
        return first is { } refusal
            ? refusal
            : new ApiAnswer
            {
                Status = 200,
                MediaType = AuditFiles.JsonLines,
                Headers = [("Content-Disposition", $"attachment; filename=\"{call.Workspace.Row.Slug}-audit.jsonl\"")],
                Write = async (stream, ct) =>
                {
                    await using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
                    _ = await call.Act<ExportAudit>().RunAsync(call.Actor, call.Workspace.Id, text, ct);
                },
            };
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call)
    {
        var read = await call.Act<AuditList>().FindAsync(call.Actor, call.Workspace.Id, QueryOf(call), call.Cursor, call.Limit, call.Ct);
        return read.Is(out var page, out var no)
            ? ApiAnswer.Ok(new ListJson<AuditJson> { Items = [.. page.Entries.Select(AuditJson.Of)], NextCursor = ApiCall.Next(page.Next) })
            : no;
    }

    private static async Task<ApiAnswer> LinesAsync(ApiCall call, bool isCsv)
    {
        var begun = await call.Act<ExportAuditLines>().RunAsync(call.Actor, call.Workspace.Id, QueryOf(call), call.Ct);
        return begun.Is(out var export, out var refusal)
            ? new ApiAnswer
            {
                Status = 200,
                MediaType = isCsv ? MemberCsv.MediaType : AuditFiles.JsonLines,
                Headers =
                [
                    ("Content-Disposition", $"attachment; filename=\"{call.Workspace.Row.Slug}-audit-lines.{(isCsv ? "csv" : "jsonl")}\""),
                ],
                Write = (stream, ct) =>
                    isCsv ? AuditFiles.WriteCsvAsync(stream, export, ct) : AuditFiles.WriteJsonAsync(stream, export, ct),
            }
            : refusal;
    }

    private static AuditQuery QueryOf(ApiCall call)
    {
        Guid? Id(string name) => call.Query(name) is { } text ? Guid.Parse(text) : null;
        return new()
        {
            Act = call.Query("act"),
            Target = Id("target"),
            Actor = Id("actor"),
            Person = call.Query("person"),
            ActorKind = call.Word<ActorKind>("actorKind"),
            Door = call.Word<Membership.Access.Door>("door"),
            Refused = call.Query("refused") is { } refused ? refused == "true" : null,
            Since = call.Time("since"),
            Until = call.Time("until"),
        };
    }
}

/// <summary>One line of the audit log.</summary>
internal sealed record AuditJson
{
    /// <summary>Its id; ordered by time.</summary>
    public required Guid Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What kind of party acted.</summary>
    public required ActorKind ActorKind { get; init; }

    /// <summary>Which one: the member's, key's or token's id; null for the operator and the system.</summary>
    public Guid? ActorId { get; init; }

    /// <summary>Its name at that time.</summary>
    public required string ActorName { get; init; }

    /// <summary>Through which door.</summary>
    public required Membership.Access.Door Door { get; init; }

    /// <summary>What was done: member.suspended, role.changed.</summary>
    public required string Act { get; init; }

    /// <summary>To what kind of thing.</summary>
    public required string TargetKind { get; init; }

    /// <summary>To which one; null for none.</summary>
    public Guid? TargetId { get; init; }

    /// <summary>Its name at that time.</summary>
    public string? TargetName { get; init; }

    /// <summary>The changed fields before; null for what is new.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>The same fields after; null for what is gone.</summary>
    public JsonElement? After { get; init; }

    /// <summary>The reason in words, for a refusal its code; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>When what it said of a person was erased; a digest is kept of it. Null while it is whole.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Whether it was refused; nothing was changed then.</summary>
    public required bool Refused { get; init; }

    /// <summary>Of a line.</summary>
    public static AuditJson Of(AuditEntry entry) =>
        new()
        {
            Id = entry.Id.Value,
            At = entry.At,
            ActorKind = entry.ActorKind,
            ActorId = entry.ActorId,
            ActorName = entry.ActorName,
            Door = entry.Door,
            Act = entry.Act,
            TargetKind = entry.TargetKind,
            TargetId = entry.TargetId,
            TargetName = entry.TargetName,
            Before = AuditFiles.Facts(entry.Before),
            After = AuditFiles.Facts(entry.After),
            Reason = entry.Reason,
            ErasedAt = entry.ErasedAt,
            Refused = entry.Refused,
        };
}

using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Retention;

/// <summary>What <see cref="ExportPerson"/> found; written out in parts, for the log of an admin may be long.</summary>
public sealed class PersonDocument
{
    private const int Piece = 500;

    // what no table shows to anybody, and what only serves finding and comparing
    private static readonly HashSet<string> Hidden = new(StringComparer.Ordinal)
    {
        "PasswordHash",
        "SortKey",
        "UserNameKey",
        "LoginKey",
        "ProvenEmailKey",
        "DisplayNameKey",
        "UniqueNameKey",
        "Version",
        "TotpStep",
    };

    private readonly Store _store;
    private readonly Workspace _workspace;
    private readonly Member _member;
    private readonly bool _isWhole;

    internal PersonDocument(Store store, Workspace workspace, Member member, bool isWhole)
    {
        _store = store;
        _workspace = workspace;
        _member = member;
        _isWhole = isWhole;
    }

    /// <summary>Writes the document, JSON in UTF-8.</summary>
    public async Task WriteAsync(Stream stream, CancellationToken ct)
    {
        await using var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await using var db = _store.Read();
        var (workspace, account) = (_member.WorkspaceId, _member.AccountId);
        json.WriteStartObject();
        json.WriteString("exportedAt", _store.Time.Now());
        json.WriteString("workspace", _workspace.Slug);
        var members = await db
            .Members.AsNoTracking()
            .Where(m =>
                m.WorkspaceId == workspace
                && (m.Id == _member.Id || m.MergedInto == _member.Id || (account != null && m.AccountId == account))
            )
            .OrderBy(m => m.Id)
            .ToListAsync(ct);
        json.WriteStartArray("memberships");
        foreach (var member in members)
        {
            await WriteAsync(json, db, member, ct);
        }

        json.WriteEndArray();
        await WriteAccountAsync(json, db, ct);
        json.WriteStartArray("audit");
        List<Guid> about = [.. members.Select(m => m.Id.Value), .. account is { } a ? [a.Value] : Array.Empty<Guid>()];
        var ids = members.ConvertAll(m => m.Id);
        about.AddRange(
            (
                await db.Invitations.Where(i => i.WorkspaceId == workspace && ids.Contains(i.MemberId)).Select(i => i.Id).ToListAsync(ct)
            ).Select(i => i.Value)
        );
        foreach (var place in _isWhole ? [workspace, default] : new[] { workspace })
        {
            foreach (var id in about)
            {
                await WriteLinesAsync(json, stream, db, place, id, ct);
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(ct);
    }

    private static async Task WriteAsync(Utf8JsonWriter json, MembershipDb db, Member member, CancellationToken ct)
    {
        var (workspace, id) = (member.WorkspaceId, member.Id);
        json.WriteStartObject();
        WriteFields(json, db, member, "Document");
        json.WritePropertyName("scim");
        if (member.Document is { } document)
        {
            json.WriteRawValue(document);
        }
        else
        {
            json.WriteNullValue();
        }

        WriteRows(
            json,
            db,
            "grants",
            await db.Grants.AsNoTracking().Where(g => g.WorkspaceId == workspace && g.MemberId == id).ToListAsync(ct)
        );
        WriteRows(
            json,
            db,
            "groups",
            await db
                .GroupMembers.AsNoTracking()
                .Where(g => g.WorkspaceId == workspace && g.MemberId == id)
                .Join(db.Groups, m => new { m.WorkspaceId, Id = m.GroupId }, g => new { g.WorkspaceId, g.Id }, (_, g) => g)
                .OrderBy(g => g.DisplayNameKey)
                .ToListAsync(ct)
        );
        WriteRows(
            json,
            db,
            "invitations",
            await db
                .Invitations.AsNoTracking()
                .Where(i => i.WorkspaceId == workspace && i.MemberId == id)
                .OrderBy(i => i.Id)
                .ToListAsync(ct)
        );
        WriteRows(
            json,
            db,
            "activity",
            await db.MemberActivities.AsNoTracking().Where(a => a.WorkspaceId == workspace && a.MemberId == id).ToListAsync(ct)
        );
        WriteRows(
            json,
            db,
            "term",
            await db.MemberTerms.AsNoTracking().Where(t => t.WorkspaceId == workspace && t.MemberId == id).ToListAsync(ct)
        );
        if (member.AccountId is { } account)
        {
            WriteRows(
                json,
                db,
                "appEndings",
                await db
                    .AppEndings.AsNoTracking()
                    .Where(e => e.WorkspaceId == workspace && e.AccountId == account)
                    .OrderBy(e => e.Id)
                    .ToListAsync(ct)
            );
        }

        WriteRows(
            json,
            db,
            "events",
            await db
                .WorkspaceEvents.AsNoTracking()
                .Where(e => e.WorkspaceId == workspace && e.MemberId == id)
                .OrderBy(e => e.Id)
                .ToListAsync(ct)
        ); // what apps were told of them
        json.WriteEndObject();
    }

    /// <summary>
    /// The account: its whole for the operator; for an admin its name and address, and what opens this workspace by its own provider.
    /// </summary>
    private async Task WriteAccountAsync(Utf8JsonWriter json, MembershipDb db, CancellationToken ct)
    {
        json.WritePropertyName("account");
        if (_member.AccountId is not { } id || await db.Accounts.AsNoTracking().FirstOrDefaultAsync(a => a.Id == id, ct) is not { } account)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        WriteFields(json, db, account);
        var own = await db
            .IdentityConnections.AsNoTracking()
            .Where(c => c.WorkspaceId == _member.WorkspaceId)
            .Select(c => c.Id)
            .ToListAsync(ct);
        WriteRows(
            json,
            db,
            "logins",
            await db
                .Logins.AsNoTracking()
                .Where(l => l.AccountId == id && (_isWhole || own.Contains(l.ConnectionId)))
                .OrderBy(l => l.Id)
                .ToListAsync(ct)
        );
        WriteRows(
            json,
            db,
            "sessions",
            await db
                .Sessions.AsNoTracking()
                .Where(s => s.AccountId == id && (_isWhole || (s.ConnectionId != null && own.Contains(s.ConnectionId.Value))))
                .OrderBy(s => s.Id)
                .ToListAsync(ct)
        );
        if (_isWhole)
        {
            WriteRows(json, db, "passwords", await db.LocalCredentials.AsNoTracking().Where(c => c.AccountId == id).ToListAsync(ct));
            WriteRows(json, db, "secondFactors", await db.SecondFactors.AsNoTracking().Where(f => f.AccountId == id).ToListAsync(ct));
            WriteRows(
                json,
                db,
                "passkeys",
                await db.Passkeys.AsNoTracking().Where(p => p.AccountId == id).OrderBy(p => p.Id).ToListAsync(ct)
            );
            WriteRows(
                json,
                db,
                "oneTimeLinks",
                await db.OneTimeLinks.AsNoTracking().Where(l => l.AccountId == id).OrderBy(l => l.Id).ToListAsync(ct)
            );
        }

        json.WriteEndObject();
    }

    private static async Task WriteLinesAsync(
        Utf8JsonWriter json,
        Stream stream,
        MembershipDb db,
        Id<Workspace> workspace,
        Guid id,
        CancellationToken ct
    )
    {
        var last = default(Id<AuditEntry>);
        while (true)
        {
            var lines = await db
                .AuditEntries.AsNoTracking()
                .Where(a => a.WorkspaceId == workspace && a.TargetId == id && a.Id > last)
                .OrderBy(a => a.Id)
                .Take(Piece)
                .ToListAsync(ct);
            lines.ForEach(line => WriteLine(json, line, true));
            await json.FlushAsync(ct);
            await stream.FlushAsync(ct);
            if (lines.Count < Piece)
            {
                break;
            }

            last = lines[^1].Id;
        }

        var lastBy = Guid.Empty;
        while (true)
        {
            var lines = await PersonLines.ReadByAsync(db, workspace, id, lastBy, Piece, ct);
            foreach (var line in lines.Where(l => l.TargetId != id))
            {
                WriteLine(json, line, false);
            }

            await json.FlushAsync(ct);
            if (lines.Count < Piece)
            {
                return;
            }

            lastBy = lines[^1].Id.Value;
        }
    }

    private static void WriteLine(Utf8JsonWriter json, AuditEntry line, bool isAbout)
    {
        json.WriteStartObject();
        json.WriteString("id", line.Id.Value);
        json.WriteString("at", line.At);
        json.WriteString("act", line.Act);
        json.WriteString("door", line.Door.ToString());
        json.WriteString(isAbout ? "about" : "by", "this person");
        json.WriteString("targetKind", line.TargetKind);
        json.WriteString("targetId", line.TargetId?.ToString());
        if (isAbout)
        {
            json.WriteString("targetName", line.TargetName);
            WriteFacts(json, "before", line.Before);
            WriteFacts(json, "after", line.After);
        }

        json.WriteString("reason", line.Reason);
        json.WriteBoolean("refused", line.Refused);
        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, string name, string? facts)
    {
        json.WritePropertyName(name);
        if (facts is null)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteRawValue(facts);
        }
    }

    private static void WriteRows<T>(Utf8JsonWriter json, MembershipDb db, string name, IReadOnlyList<T> rows)
        where T : class
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            WriteFields(json, db, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Every column but secrets and their hashes, so that a new one is never forgotten.</summary>
    private static void WriteFields<T>(Utf8JsonWriter json, MembershipDb db, T row, string? but = null)
        where T : class
    {
        foreach (
            var property in db
                .Model.FindEntityType(typeof(T))!
                .GetProperties()
                .Where(p => p.ClrType != typeof(byte[]) && !Hidden.Contains(p.Name) && p.Name != but)
        )
        {
            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            switch (property.GetGetter().GetClrValue(row))
            {
                case null:
                    json.WriteNullValue();
                    break;
                case bool flag:
                    json.WriteBooleanValue(flag);
                    break;
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case DateTimeOffset time:
                    json.WriteStringValue(time);
                    break;
                case var other:
                    json.WriteStringValue(other.ToString());
                    break;
            }
        }
    }
}

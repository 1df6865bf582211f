using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UserManagement.Benchmarks.Ceiling;

/// <summary>A row of <c>members</c>, all columns, and the SCIM User that a client sees of it.</summary>
internal sealed record BareRow
{
    public static readonly string[] Columns =
    [
        "workspace_id",
        "id",
        "account_id",
        "user_name",
        "user_name_key",
        "external_id",
        "email",
        "display_name",
        "given_name",
        "family_name",
        "state",
        "directory_active",
        "local_block",
        "joined_at",
        "role",
        "license",
        "has_seat",
        "document",
        "sort_key",
        "created_at",
        "modified_at",
        "version",
    ];

    private const string Core = "urn:ietf:params:scim:schemas:core:2.0:User";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    // raw pieces are put between names without a check, which the writer must be told
    private static readonly JsonWriterOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public required Guid Workspace { get; init; }

    public required Guid Id { get; init; }

    public required string UserName { get; init; }

    public string? ExternalId { get; init; }

    public string? DisplayName { get; init; }

    public string? GivenName { get; init; }

    public string? FamilyName { get; init; }

    public string? Email { get; init; }

    public required bool Active { get; init; }

    public string? Document { get; init; }

    public required long CreatedAt { get; init; }

    public required long ModifiedAt { get; init; }

    public required long Version { get; init; }

    /// <summary>What a POST body says; read as it is, nothing is checked.</summary>
    public static BareRow Of(Guid workspace, ReadOnlyMemory<byte> body, long now)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var name = root.TryGetProperty("name", out var n) ? n : default;
        var document = new StringBuilder("{");
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name is not ("schemas" or "externalId" or "userName" or "active" or "displayName" or "name"))
            {
                document
                    .Append(document.Length > 1 ? "," : "")
                    .Append('"')
                    .Append(property.Name)
                    .Append("\":")
                    .Append(property.Value.GetRawText());
            }
        }

        return new()
        {
            Workspace = workspace,
            Id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(now)),
            UserName = root.GetProperty("userName").GetString()!,
            ExternalId = root.GetProperty("externalId").GetString(),
            DisplayName = root.GetProperty("displayName").GetString(),
            GivenName = name.GetProperty("givenName").GetString(),
            FamilyName = name.GetProperty("familyName").GetString(),
            Email = root.GetProperty("emails")[0].GetProperty("value").GetString(),
            Active = root.GetProperty("active").GetBoolean(),
            Document = document.Append('}').ToString(),
            CreatedAt = now,
            ModifiedAt = now,
            Version = 1,
        };
    }

    /// <summary>The values of all columns.</summary>
    public object?[] Values() =>
        [
            Workspace,
            Id,
            null,
            UserName,
            UserName.ToLowerInvariant(),
            ExternalId,
            Email,
            DisplayName,
            GivenName,
            FamilyName,
            Active ? "Active" : "Suspended",
            Active,
            "None",
            CreatedAt,
            "member",
            null,
            Active,
            Document,
            $"{FamilyName} {GivenName}".ToLowerInvariant(),
            CreatedAt,
            ModifiedAt,
            Version,
        ];

    /// <summary>The resource as UTF-8, the same bytes that the SCIM door sends.</summary>
    public static void Write(IBufferWriter<byte> to, string baseUrl, IReadOnlyList<BareRow> rows, bool isList)
    {
        using var writer = new Utf8JsonWriter(to, Plain);
        if (isList)
        {
            writer.WriteStartObject();
            writer.WriteStartArray("schemas");
            writer.WriteStringValue("urn:ietf:params:scim:api:messages:2.0:ListResponse");
            writer.WriteEndArray();
            writer.WriteNumber("totalResults", rows.Count);
            writer.WriteNumber("startIndex", 1);
            writer.WriteNumber("itemsPerPage", rows.Count);
            writer.WriteStartArray("Resources");
        }

        foreach (var row in rows)
        {
            row.Write(writer, baseUrl);
        }

        if (isList)
        {
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    private void Write(Utf8JsonWriter writer, string baseUrl)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schemas");
        writer.WriteStringValue(Core);
        if (Document?.Contains(Enterprise, StringComparison.Ordinal) == true)
        {
            writer.WriteStringValue(Enterprise);
        }

        writer.WriteEndArray();
        writer.WriteString("id", Id);
        Text(writer, "externalId", ExternalId);
        writer.WriteString("userName", UserName);
        writer.WriteStartObject("name");
        Text(writer, "givenName", GivenName);
        Text(writer, "familyName", FamilyName);
        writer.WriteEndObject();
        Text(writer, "displayName", DisplayName);
        writer.WriteBoolean("active", Active);
        if (Document is { Length: > 2 })
        {
            writer.WriteRawValue(Document.AsSpan(1, Document.Length - 2), skipInputValidation: true);
        }

        writer.WriteStartObject("meta");
        writer.WriteString("resourceType", "User");
        writer.WriteString("created", Time(CreatedAt));
        writer.WriteString("lastModified", Time(ModifiedAt));
        writer.WriteString("location", $"{baseUrl}/Users/{Id}");
        writer.WriteString("version", string.Create(CultureInfo.InvariantCulture, $"W/\"{Version}\""));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static string Time(long milliseconds) =>
        DateTimeOffset
            .FromUnixTimeMilliseconds(milliseconds)
            .UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

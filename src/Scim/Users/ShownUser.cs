using System.Globalization;
using System.Text;
using System.Text.Json;
using UserManagement.Membership.Members;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Schemas;

namespace UserManagement.Scim.Users;

/// <summary>
/// A member's resource where the client asks for no choice of attributes: the columns and the kept document go out as they
/// are, without a tree of JSON between. The bytes are those of <see cref="UserMap.ToResource"/> composed and projected; what
/// that way has to look at closer (a manager's name, an attribute not returned by default) is not written here.
/// </summary>
internal sealed class ShownUser : IShown
{
    // what may stand in a document and is returned as it stands, by its exact name
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> ByText = Names(
        SchemaRegistry.Full.User.Core.Attributes,
        "userName",
        "name",
        "displayName",
        "active",
        "groups"
    );
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> NamesByText = Names(
        SchemaRegistry.Full.User.Find("name")!.SubAttributes,
        "givenName",
        "familyName"
    );
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> EnterpriseByText = Names(
        SchemaRegistry.Full.FindSchema(ScimUrn.EnterpriseUser)!.Attributes,
        "manager"
    );

    private readonly Member _member;
    private readonly IReadOnlyList<Reference> _groups;
    private readonly string _baseUrl;
    private readonly byte[] _document;
    private readonly List<(Range Name, Range Value)> _parts = [];
    private Range? _name;
    private bool _hasEmails;
    private bool _hasEnterprise;

    private ShownUser(Member member, IReadOnlyList<Reference> groups, string baseUrl, byte[] document)
    {
        _member = member;
        _groups = groups;
        _baseUrl = baseUrl;
        _document = document;
    }

    /// <summary>The resource; null when the document holds something that only the long way can show.</summary>
    public static ShownUser? Of(Member member, IReadOnlyList<Reference> groups, string baseUrl)
    {
        var shown = new ShownUser(member, groups, baseUrl, member.Document is { } text ? Encoding.UTF8.GetBytes(text) : []);
        return shown._document.Length == 0 || shown.Scan() ? shown : null;
    }

    /// <inheritdoc/>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("schemas"u8);
        writer.WriteStringValue(ScimUrn.User);
        if (_hasEnterprise)
        {
            writer.WriteStringValue(ScimUrn.EnterpriseUser);
        }

        writer.WriteEndArray();
        writer.WriteString("id"u8, _member.Id.Value);
        Text(writer, "externalId"u8, _member.ExternalId);
        Text(writer, "userName"u8, _member.SentUserName ?? _member.UserName);
        WriteName(writer);
        Text(writer, "displayName"u8, _member.DisplayName);
        writer.WriteBoolean("active"u8, _member.ShownActive());
        if (!_hasEmails && _member.Email is { Length: > 0 } email)
        {
            WriteAddress(writer, email);
        }

        foreach (var (name, value) in _parts)
        {
            writer.WritePropertyName(_document.AsSpan(name));
            writer.WriteRawValue(_document.AsSpan(value), skipInputValidation: true);
        }

        if (_groups.Count > 0)
        {
            WriteGroups(writer);
        }

        WriteMeta(writer);
        writer.WriteEndObject();
    }

    private void WriteName(Utf8JsonWriter writer)
    {
        if (_name is null && _member.GivenName is not { Length: > 0 } && _member.FamilyName is not { Length: > 0 })
        {
            return;
        }

        writer.WriteStartObject("name"u8);
        if (_name is { } kept)
        {
            var reader = new Utf8JsonReader(_document.AsSpan(kept));
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                writer.WritePropertyName(reader.ValueSpan);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                writer.WriteRawValue(_document.AsSpan(kept)[start..(int)reader.BytesConsumed], skipInputValidation: true);
            }
        }

        Text(writer, "givenName"u8, _member.GivenName);
        Text(writer, "familyName"u8, _member.FamilyName);
        writer.WriteEndObject();
    }

    private static void WriteAddress(Utf8JsonWriter writer, string email)
    {
        writer.WriteStartArray("emails"u8);
        writer.WriteStartObject();
        writer.WriteString("value"u8, email);
        writer.WriteString("type"u8, "work"u8);
        writer.WriteBoolean("primary"u8, true);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteGroups(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("groups"u8);
        var shape = References.ToGroups(_baseUrl);
        foreach (var group in _groups)
        {
            shape.Write(writer, group);
        }

        writer.WriteEndArray();
    }

    private void WriteMeta(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("meta"u8);
        writer.WriteString("resourceType"u8, "User"u8);
        Time(writer, "created"u8, _member.CreatedAt);
        Time(writer, "lastModified"u8, _member.ModifiedAt);
        writer.WriteString("location"u8, $"{_baseUrl}/Users/{_member.Id}");
        writer.WriteString("version"u8, Protocol.Resources.Etag.Of(_member.Version));
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is { Length: > 0 })
        {
            writer.WriteString(name, value);
        }
    }

    private static void Time(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[32];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteString(name, text[..length]);
    }

    /// <summary>Finds the parts of the document; false for anything out of the ordinary.</summary>
    private bool Scan()
    {
        var reader = new Utf8JsonReader(_document);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped)
            {
                return false;
            }

            var name = (int)reader.TokenStartIndex + 1;
            var named = new Range(name, name + reader.ValueSpan.Length);
            reader.Read();
            var kind = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (kind == JsonTokenType.Null || !Take(_document.AsSpan(named), named, new Range(start, (int)reader.BytesConsumed), kind))
            {
                return false;
            }
        }

        return true;
    }

    private bool Take(ReadOnlySpan<byte> name, Range named, Range value, JsonTokenType kind)
    {
        if (name.SequenceEqual("name"u8))
        {
            _name = value;
            return kind == JsonTokenType.StartObject && HasOnly(value, NamesByText);
        }

        if (name.SequenceEqual("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"u8))
        {
            _hasEnterprise = true;
            if (kind != JsonTokenType.StartObject || !HasOnly(value, EnterpriseByText))
            {
                return false;
            }
        }
        else if (!IsAmong(ByText, name))
        {
            return false;
        }

        _hasEmails |= name.SequenceEqual("emails"u8);
        _parts.Add((named, value));
        return true;
    }

    /// <summary>Whether an object has members, and only such as are shown as they stand.</summary>
    private bool HasOnly(Range value, HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names)
    {
        var reader = new Utf8JsonReader(_document.AsSpan(value));
        reader.Read();
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueIsEscaped || !IsAmong(names, reader.ValueSpan))
            {
                return false;
            }

            reader.Read();
            if (reader.TokenType == JsonTokenType.Null)
            {
                return false;
            }

            reader.Skip();
            count++;
        }

        return count > 0;
    }

    private static bool IsAmong(HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names, ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[64];
        return name.Length <= text.Length && names.Contains(text[..Encoding.UTF8.GetChars(name, text)]);
    }

    // without the columns, what is derived, and the manager, who is shown with a name of today
    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>> Names(
        IEnumerable<ScimAttribute> attributes,
        params string[] without
    ) =>
        attributes
            .Where(a => IsShown(a) && a.SubAttributes.All(IsShown) && !without.Contains(a.Name))
            .Select(a => a.Name)
            .ToHashSet(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private static bool IsShown(ScimAttribute attribute) => attribute.Returned is Returned.Default or Returned.Always;
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using UserManagement.Membership;

namespace UserManagement.Api.Http;

/// <summary>
/// Holds a JSON value against the type that it is to become, and says in a sentence what does not fit, naming the field:
/// unknown and missing fields, wrong types, texts that no store can keep.
/// </summary>
internal static class BodyShape
{
    private const int MostItems = 1000;

    /// <summary>The first thing that does not fit; null when all does.</summary>
    public static Refusal? Check(JsonElement value, Type type) => Check(value, ApiJson.Options.GetTypeInfo(type), "");

    private static Refusal? Check(JsonElement value, JsonTypeInfo info, string path) =>
        info.Kind switch
        {
            JsonTypeInfoKind.Object => value.ValueKind == JsonValueKind.Object ? Fields(value, info, path) : Wrong(path, "an object"),
            JsonTypeInfoKind.Enumerable => value.ValueKind == JsonValueKind.Array ? Items(value, info, path) : Wrong(path, "a list"),
            JsonTypeInfoKind.Dictionary => value.ValueKind == JsonValueKind.Object ? Values(value, info, path) : Wrong(path, "an object"),
            _ => Single(value, Nullable.GetUnderlyingType(info.Type) ?? info.Type, path),
        };

    private static Refusal? Fields(JsonElement value, JsonTypeInfo info, string path)
    {
        foreach (var field in value.EnumerateObject())
        {
            var at = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
            if (info.Properties.FirstOrDefault(p => p.Name == field.Name && p.Set is not null) is not { } property)
            {
                var known = string.Join(", ", info.Properties.Where(p => p.Set is not null).Select(p => p.Name));
                return new(RefusalKind.Invalid, "unknownField", $"There is no field {Shown(at)}. Known here: {known}.", Shown(at));
            }

            if (field.Value.ValueKind == JsonValueKind.Null)
            {
                if (
                    !property.IsSetNullable
                    || (property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null)
                )
                {
                    return new(RefusalKind.Invalid, "wrongType", $"{Shown(at)} cannot be null.", Shown(at));
                }

                continue;
            }

            if (Check(field.Value, ApiJson.Options.GetTypeInfo(property.PropertyType), at) is { } wrong)
            {
                return wrong;
            }
        }

        return info.Properties.FirstOrDefault(p => p.IsRequired && !value.TryGetProperty(p.Name, out _)) is not { } missing
            ? null
            : new(
                RefusalKind.Invalid,
                "missingField",
                $"{(path.Length == 0 ? missing.Name : $"{Shown(path)}.{missing.Name}")} is missing.",
                path.Length == 0 ? missing.Name : $"{Shown(path)}.{missing.Name}"
            );
    }

    private static Refusal? Items(JsonElement value, JsonTypeInfo info, string path)
    {
        if (value.GetArrayLength() > MostItems)
        {
            return new(RefusalKind.Invalid, "tooMany", $"{Shown(path)} holds more than {MostItems} items.", Shown(path));
        }

        var number = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (Check(item, ApiJson.Options.GetTypeInfo(info.ElementType!), $"{path}.{number++}") is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static Refusal? Values(JsonElement value, JsonTypeInfo info, string path)
    {
        if (value.GetPropertyCount() > MostItems)
        {
            return new(RefusalKind.Invalid, "tooMany", $"{Shown(path)} holds more than {MostItems} items.", Shown(path));
        }

        var type = info.ElementType!;
        foreach (var item in value.EnumerateObject())
        {
            var at = $"{path}.{item.Name}";
            if (item.Value.ValueKind == JsonValueKind.Null)
            {
                if (type.IsValueType && Nullable.GetUnderlyingType(type) is null)
                {
                    return new(RefusalKind.Invalid, "wrongType", $"{Shown(at)} cannot be null.", Shown(at));
                }
            }
            else if (Check(item.Value, ApiJson.Options.GetTypeInfo(type), at) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private static Refusal? Single(JsonElement value, Type type, string path)
    {
        if (type == typeof(string))
        {
            return value.ValueKind != JsonValueKind.String ? Wrong(path, "text")
                // what else a name may hold is the core's to say
                : Text(value) is { } text && !text.Contains('\0', StringComparison.Ordinal) ? null
                : new(RefusalKind.Invalid, "invalidText", $"{Shown(path)} holds a character that no text can hold.", Shown(path));
        }

        if (type.IsEnum)
        {
            var words = Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
            return value.ValueKind == JsonValueKind.String && Text(value) is { } word && words.Contains(word)
                ? null
                : Wrong(path, "one of " + string.Join(", ", words));
        }

        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Wrong(path, "true or false"),
            TypeCode.Int32 => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out _) ? null : Wrong(path, "a whole number"),
            TypeCode.Int64 => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) ? null : Wrong(path, "a whole number"),
            _ when type == typeof(Guid) => value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id) && id != Guid.Empty
                ? null
                : Wrong(path, "an id (a UUID)"),
            _ when type == typeof(DateTimeOffset) => value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out _)
                ? null
                : Wrong(path, "a time like 2026-01-31T12:00:00Z"),
            _ when type == typeof(DateOnly) => value.ValueKind == JsonValueKind.String
            && DateOnly.TryParseExact(Text(value), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                ? null
                : Wrong(path, "a day like 2026-01-31"),
            _ => null,
        };
    }

    /// <summary>Null for a text with half of a surrogate pair.</summary>
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Refusal Wrong(string path, string wanted) =>
        path.Length == 0
            ? new(RefusalKind.Invalid, "wrongType", $"The body must be {wanted}.")
            : new(RefusalKind.Invalid, "wrongType", $"{Shown(path)} must be {wanted}.", Shown(path));

    /// <summary>A name that somebody made up, in a length that fits a sentence.</summary>
    private static string Shown(string path) => Key.Cut(new string([.. path.Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]), 120);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Protocol.Clients;

/// <summary>Directories that give themselves away by what they send.</summary>
public enum ScimClient
{
    /// <summary>Microsoft Entra ID.</summary>
    Entra,

    /// <summary>Okta.</summary>
    Okta,

    /// <summary>OneLogin.</summary>
    OneLogin,

    /// <summary>JumpCloud.</summary>
    JumpCloud,

    /// <summary>authentik.</summary>
    Authentik,
}

/// <summary>How a PATCH is written.</summary>
public enum PatchDialect
{
    /// <summary>As Entra writes it without its flag: <c>"op":"Replace"</c>, <c>"value":"False"</c>.</summary>
    Older,

    /// <summary>By RFC 7644, which Entra does with its flag <c>aadOptscim062020</c>.</summary>
    Standard,
}

/// <summary>
/// Which directory a body of a request is written like. Nothing depends on it: it is shown to people. Only the first
/// operations are looked at.
/// </summary>
/// <param name="Client">The directory; null where the body could be anybody's.</param>
/// <param name="IsSure">Whether no other known directory writes so; else others do, but seldom.</param>
/// <param name="Dialect">How it writes PATCH; null for a body that is none.</param>
public sealed record ClientSigns(ScimClient? Client, bool IsSure, PatchDialect? Dialect)
{
    private const int MostLookedAt = 20;
    private const string AdGroup = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
    private const string CoreOfVersion1 = "urn:scim:schemas:core:1.0";

    private static ClientSigns Neutral { get; } = new(null, false, PatchDialect.Standard);

    private static ClientSigns EntraOlder { get; } = new(ScimClient.Entra, true, PatchDialect.Older);

    /// <summary>The signs in a body; null where it has none. Never throws.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="body">What was sent, sound or not.</param>
    public static ClientSigns? Of(string method, JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(body);
        return method switch
        {
            "PATCH" => OfPatch(body),
            "POST" or "PUT" => OfResource(body, method == "POST"),
            _ => null,
        };
    }

    private static ClientSigns? OfPatch(JsonObject body)
    {
        if (!Json.Find(body, "Operations", out var node) || node is not JsonArray { Count: > 0 } list)
        {
            return null;
        }
        var found = Neutral;
        foreach (var operation in list.Take(MostLookedAt).OfType<JsonObject>())
        {
            if (OfOperation(operation) is not { } signs)
            {
                continue;
            }
            if (signs.IsSure)
            {
                return signs;
            }
            found = found.Client is null ? signs : found;
        }
        return found;
    }

    private static ClientSigns? OfOperation(JsonObject operation)
    {
        Json.Find(operation, "value", out var value);
        var word = Json.Find(operation, "op", out var op) && Json.Text(op, out var written) ? written : "";
        if (word is "Add" or "Replace" or "Remove")
        {
            return EntraOlder;
        }
        if (Json.Find(operation, "path", out var where) && Json.Text(where, out var path) && path.Length > 0)
        {
            return Json.Text(value, out var text) && text is "True" or "False" ? EntraOlder
                : path.Contains("[type eq \"", StringComparison.OrdinalIgnoreCase) ? Likely(ScimClient.Entra)
                : word is "remove" && path.Equals("members", StringComparison.OrdinalIgnoreCase) && value is JsonArray { Count: > 0 }
                    ? Likely(ScimClient.JumpCloud)
                : null;
        }
        return value is JsonObject all ? OfWhole(all) : null;
    }

    /// <summary>An operation without a path.</summary>
    private static ClientSigns? OfWhole(JsonObject value)
    {
        bool Has(string name) => Json.Find(value, name, out _);
        return value
                .Take(MostLookedAt)
                .Any(pair =>
                    pair.Key.StartsWith("urn:", StringComparison.OrdinalIgnoreCase)
                        ? pair.Value is not JsonObject
                        : pair.Key.Contains('.', StringComparison.Ordinal)
                )
                ? new(ScimClient.Entra, true, PatchDialect.Standard)
            : Has("schemas") ? new(ScimClient.Authentik, true, PatchDialect.Standard)
            : Has("id") && (Has("displayName") || Has("members")) ? new(ScimClient.Okta, true, PatchDialect.Standard)
            : value.Count == 1 && (Has("active") || Has("password")) ? Likely(ScimClient.Okta)
            : null;
    }

    private static ClientSigns? OfResource(JsonObject body, bool isNew)
    {
        if (Json.Find(body, "schemas", out var schemas) && schemas is JsonArray urns)
        {
            foreach (var urn in urns.Take(MostLookedAt))
            {
                if (Json.Text(urn, out var text) && text is AdGroup or CoreOfVersion1)
                {
                    return new(text == AdGroup ? ScimClient.Entra : ScimClient.OneLogin, true, null);
                }
            }
        }
        if (Json.Find(body, "manager", out var manager) && manager is JsonObject named && Json.Find(named, "managerId", out _))
        {
            return new(ScimClient.OneLogin, true, null);
        }
        return isNew && IsOktaPerson(body, out var isSure) ? new(ScimClient.Okta, isSure, null)
            : isNew
            && Json.Find(body, "meta", out var meta)
            && meta is JsonObject { Count: 1 } only
            && Json.Find(only, "resourceType", out _)
                ? new(ScimClient.Entra, false, null)
            : null;
    }

    private static bool IsOktaPerson(JsonObject body, out bool isSure)
    {
        isSure =
            Json.Find(body, "externalId", out var node)
            && node?.GetValueKind() == JsonValueKind.String
            && Json.Text(node, out var id)
            && id.StartsWith("00u", StringComparison.Ordinal);
        return Json.Find(body, "password", out _) && Json.Find(body, "groups", out var groups) && groups is JsonArray { Count: 0 };
    }

    private static ClientSigns Likely(ScimClient client) => new(client, false, PatchDialect.Standard);
}

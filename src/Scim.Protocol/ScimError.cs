using System.Globalization;
using System.Text.Json.Nodes;

namespace UserManagement.Scim.Protocol;

/// <summary>
/// A refusal in the protocol's own words (RFC 7644, section 3.12). It is a value: nothing in this library throws
/// because of what a client sent.
/// </summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="ScimType">The error keyword of RFC 7644, table 9, or null where the table has none.</param>
/// <param name="Detail">A sentence for the administrator who reads the client's log.</param>
public sealed record ScimError(int Status, string? ScimType, string Detail)
{
    /// <summary>The URN of the error message.</summary>
    public const string Schema = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>400: the filter is malformed or asks for what cannot be served.</summary>
    public static ScimError InvalidFilter(string detail) => new(400, "invalidFilter", detail);

    /// <summary>400: the query would give more than the server is willing to compute or return.</summary>
    public static ScimError TooMany(string detail) => new(400, "tooMany", detail);

    /// <summary>409: a value that has to be unique is taken.</summary>
    public static ScimError Uniqueness(string detail) => new(409, "uniqueness", detail);

    /// <summary>400: the attribute may not be changed in this way.</summary>
    public static ScimError Mutability(string detail) => new(400, "mutability", detail);

    /// <summary>400: the body's structure is not that of the request.</summary>
    public static ScimError InvalidSyntax(string detail) => new(400, "invalidSyntax", detail);

    /// <summary>400: a PATCH path is malformed or names nothing that exists.</summary>
    public static ScimError InvalidPath(string detail) => new(400, "invalidPath", detail);

    /// <summary>400: a PATCH path matches no value to act upon.</summary>
    public static ScimError NoTarget(string detail) => new(400, "noTarget", detail);

    /// <summary>400: a required value is missing, or a value does not fit its attribute.</summary>
    public static ScimError InvalidValue(string detail) => new(400, "invalidValue", detail);

    /// <summary>400: the protocol version asked for is not spoken here.</summary>
    public static ScimError InvalidVersion(string detail) => new(400, "invalidVers", detail);

    /// <summary>400: the cursor is none of ours, or belongs to another query (RFC 9865, section 2.1).</summary>
    public static ScimError InvalidCursor(string detail) => new(400, "invalidCursor", detail);

    /// <summary>400: the cursor is older than the server honours (RFC 9865, section 2.1).</summary>
    public static ScimError ExpiredCursor(string detail) => new(400, "expiredCursor", detail);

    /// <summary>400: the page size is no number, or not the one that the cursor was made with (RFC 9865, section 2.1).</summary>
    public static ScimError InvalidCount(string detail) => new(400, "invalidCount", detail);

    /// <summary>403: the request would show personal data in its address (erratum 6893 makes it 403).</summary>
    public static ScimError Sensitive(string detail) => new(403, "sensitive", detail);

    /// <summary>401: no credential, or none that is valid.</summary>
    public static ScimError Unauthorized(string detail) => new(401, null, detail);

    /// <summary>403: the credential is valid, the act is not allowed.</summary>
    public static ScimError Forbidden(string detail) => new(403, null, detail);

    /// <summary>404: no such resource or endpoint.</summary>
    public static ScimError NotFound(string detail) => new(404, null, detail);

    /// <summary>405: the endpoint does not know the method.</summary>
    public static ScimError MethodNotAllowed(string detail) => new(405, null, detail);

    /// <summary>409: the state of the resource does not allow the act (not a duplicate: see <see cref="Uniqueness"/>).</summary>
    public static ScimError Conflict(string detail) => new(409, null, detail);

    /// <summary>412: the entity tag that the client holds is not the current one.</summary>
    public static ScimError PreconditionFailed(string detail) => new(412, null, detail);

    /// <summary>413: the body or the list of operations is larger than the server takes.</summary>
    public static ScimError TooLarge(string detail) => new(413, null, detail);

    /// <summary>414: the address is longer than the server reads.</summary>
    public static ScimError AddressTooLong(string detail) => new(414, null, detail);

    /// <summary>415: the body is neither application/scim+json nor application/json in UTF-8.</summary>
    public static ScimError UnsupportedMediaType(string detail) => new(415, null, detail);

    /// <summary>429: too many requests; the door adds Retry-After.</summary>
    public static ScimError TooManyRequests(string detail) => new(429, null, detail);

    /// <summary>500: a fault of the server.</summary>
    public static ScimError Internal(string detail) => new(500, null, detail);

    /// <summary>501: a part of the protocol that this server does not offer.</summary>
    public static ScimError NotImplemented(string detail) => new(501, null, detail);

    /// <summary>503: for the moment the server cannot answer; the door adds Retry-After.</summary>
    public static ScimError Unavailable(string detail) => new(503, null, detail);

    /// <summary>The message body. The status is a string, as the RFC wants it.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["schemas"] = new JsonArray(Schema), ["status"] = Status.ToString(CultureInfo.InvariantCulture) };
        if (ScimType is not null)
        {
            json["scimType"] = ScimType;
        }
        json["detail"] = Detail;
        return json;
    }
}

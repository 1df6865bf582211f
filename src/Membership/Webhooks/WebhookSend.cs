namespace UserManagement.Membership.Webhooks;

/// <summary>What is posted to an endpoint.</summary>
/// <param name="Address">Where to.</param>
/// <param name="MediaType">The body's media type.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">Further headers.</param>
public sealed record WebhookRequest(Uri Address, string MediaType, byte[] Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>What an endpoint answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Beginning">The beginning of the body, as text.</param>
public sealed record WebhookAnswer(int Status, string Beginning);

/// <summary>
/// Posts to an endpoint, dialling only where the operator lets workspaces make the server dial. What carries it out belongs to a door.
/// Refusals: <c>addressNotAllowed</c>, <c>unreachable</c>.
/// </summary>
public delegate Task<Outcome<WebhookAnswer>> WebhookPost(WebhookRequest request, CancellationToken ct);

/// <summary>
/// Signs the claims of a Security Event Token (RFC 8417) with the key of the OpenID Provider; <c>iss</c> and the header are its own. What
/// carries it out belongs to a door.
/// </summary>
public delegate string SecurityEventSigner(IReadOnlyDictionary<string, object> claims);

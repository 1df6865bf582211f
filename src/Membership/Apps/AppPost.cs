namespace UserManagement.Membership.Apps;

/// <summary>
/// Posts a form to an app, dialling only where the operator lets the server dial. What carries it out belongs to a door.
/// </summary>
/// <param name="isPlatform">Whether the app is the installation's own; those of workspaces may be dialled at fewer addresses.</param>
/// <param name="address">Where to.</param>
/// <param name="form">Names and values.</param>
/// <param name="ct">Stops it.</param>
/// <returns>The status of the answer, or why there is none.</returns>
public delegate Task<Outcome<int>> AppPost(bool isPlatform, Uri address, IReadOnlyDictionary<string, string> form, CancellationToken ct);

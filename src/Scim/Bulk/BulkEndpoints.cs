using Microsoft.AspNetCore.Http;
using UserManagement.Membership.Data;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Bulk;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Stories;
using UserManagement.Scim.Users;

namespace UserManagement.Scim.Bulk;

/// <summary>
/// <c>/Bulk</c> (RFC 7644 section 3.7): each operation takes the way of a request of its own, with the same acts, rules and
/// refusals, and is written by itself. Answers leave the resources out; they say address and version. A fault is the
/// answer of its own operation, never of those that are done already; with a database that is away or lets nobody write the run ends there.
/// </summary>
internal sealed class BulkEndpoints(Store store, UserEndpoints users, GroupEndpoints groups)
{
    /// <summary>How much one request may hold; the body is never larger than any other's.</summary>
    public static BulkLimits Limits(ScimCall call) =>
        BulkLimits.Default with
        {
            MaxPayloadSize = Math.Min(BulkLimits.Default.MaxPayloadSize, call.MaxBodyBytes),
        };

    /// <summary>POST /Bulk.</summary>
    public async Task<ScimAnswer> RunAsync(ScimCall call, CancellationToken ct)
    {
        var limits = Limits(call);
        if (limits.CheckPayload(call.Http.Request.ContentLength) is { } tooLarge)
        {
            return ScimAnswer.Of(tooLarge);
        }

        if (
            !(await call.BodyAsync(ct)).TryGet(out var body, out var error)
            || !BulkRequest.Read(body, call.Schemas.Full.ResourceTypes, limits, call.Strict).TryGet(out var request, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        call.Charge(request.Operations.Count - 1); // each counts as a request of its own
        var response = await BulkRun.RunAsync(BulkPlan.Of(request), call.BaseUrl, operation => OneAsync(call, operation, ct), ct);
        return ScimAnswer.Ok(response.ToJson());
    }

    private async Task<BulkOutcome> OneAsync(ScimCall call, BulkOperation operation, CancellationToken ct)
    {
        if (Act(operation) is not { } act)
        {
            return BulkOutcome.Refused(ScimError.NotFound("There is no such endpoint."));
        }

        var (sent, began) = (RequestStory.Take(operation), TimeProvider.System.GetTimestamp());
        ScimAnswer answer;
        try
        {
            answer = await act(call with { Operation = operation }, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            answer = ScimFaults.Of(fault, store, call.Log, operation.Verb);
        }

        call.Story.Tell(operation, sent, answer, began);

        // those that follow would each wait as long and meet the same
        return answer.Error is { } error
            ? BulkOutcome.Refused(error) with
            {
                EndsRun = error.Status == StatusCodes.Status503ServiceUnavailable,
            }
            : new BulkOutcome(answer.Status)
            {
                ResourceId = operation.ResourceId ?? answer.Id,
                Location = answer.Location,
                Version = answer.Version is { } version ? Etag.Of(version) : null,
            };
    }

    private ScimAct? Act(BulkOperation operation) =>
        (operation.Type?.Name, operation.Method) switch
        {
            ("User", BulkMethod.Post) => users.CreateAsync,
            ("User", BulkMethod.Put) => users.ReplaceAsync,
            ("User", BulkMethod.Patch) => users.PatchAsync,
            ("User", BulkMethod.Delete) => users.DeleteAsync,
            ("Group", BulkMethod.Post) => groups.CreateAsync,
            ("Group", BulkMethod.Put) => groups.ReplaceAsync,
            ("Group", BulkMethod.Patch) => groups.PatchAsync,
            ("Group", BulkMethod.Delete) => groups.DeleteAsync,
            _ => null,
        };
}

using System.Text.Json.Nodes;
using UserManagement.Scim.Protocol.Resources;

namespace UserManagement.Scim.Protocol.Bulk;

/// <summary>Runs a plan through the door, operation by operation, on the ordinary path (RFC 7644, section 3.7).</summary>
public sealed class BulkRun
{
    private readonly BulkPlan _plan;
    private readonly string _baseUrl;
    private readonly Func<BulkOperation, Task<BulkOutcome>> _run;
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _makers;
    private readonly BulkOutcome?[] _outcomes;
    private readonly Dictionary<int, JsonArray> _later = [];
    private int _errors;
    private bool _isOver;

    private BulkRun(BulkPlan plan, string baseUrl, Func<BulkOperation, Task<BulkOutcome>> run)
    {
        _plan = plan;
        _baseUrl = baseUrl;
        _run = run;
        _outcomes = new BulkOutcome?[plan.Request.Operations.Count];
        _makers = plan
            .Request.Operations.Where(operation => operation.Method == BulkMethod.Post)
            .Select(operation => operation.BulkId!)
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Runs all operations, or until <c>failOnErrors</c> errors have happened or an outcome ends the run; what was not run
    /// has no result, what was run always has. The delegate gets operations that hold only ids, one at a time, and answers
    /// refusals and faults as outcomes: what it throws goes through, and the results are lost. The same request once more does no harm as
    /// far as the single operations do none.
    /// </summary>
    /// <param name="plan">What to run.</param>
    /// <param name="baseUrl">The configured base URL, without a slash at the end.</param>
    /// <param name="run">Runs one operation as a request of its own.</param>
    /// <param name="cancellationToken">Looked at between two operations.</param>
    public static async Task<BulkResponse> RunAsync(
        BulkPlan plan,
        string baseUrl,
        Func<BulkOperation, Task<BulkOutcome>> run,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(baseUrl);
        ArgumentNullException.ThrowIfNull(run);
        var bulk = new BulkRun(plan, baseUrl, run);
        foreach (var step in plan.Steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (bulk._isOver || bulk._errors >= (plan.Request.FailOnErrors ?? int.MaxValue))
            {
                break;
            }
            await (step.IsFollowUp ? bulk.FollowUpAsync(step) : bulk.StepAsync(step)).ConfigureAwait(false);
        }
        return bulk.Finish();
    }

    private async Task StepAsync(BulkStep step)
    {
        var operation = step.Operation;
        var outcome = Refusal(step) is { } error ? BulkOutcome.Refused(error) : await FillAndCallAsync(step).ConfigureAwait(false);
        if (outcome is { IsSuccess: true, ResourceId: { } id } && operation is { Method: BulkMethod.Post, BulkId: { } name })
        {
            _ids[name] = id;
        }
        Note(operation, outcome);
    }

    private async Task FollowUpAsync(BulkStep step)
    {
        var operation = step.Operation;
        if (!_later.Remove(operation.Index, out var operations) || _outcomes[operation.Index] is not { IsSuccess: true } made)
        {
            return;
        }
        if (made.ResourceId is not { } id)
        {
            Note(operation, Incomplete(made, step.Deferred.First()));
            return;
        }
        if (step.Deferred.FirstOrDefault(name => !_ids.ContainsKey(name)) is { } lost)
        {
            Note(operation, Incomplete(made, lost));
            return;
        }
        var outcome = await CallAsync(
                operation with
                {
                    Method = BulkMethod.Patch,
                    Path = $"{operation.Type!.Endpoint}/{id}",
                    ResourceId = id,
                    Version = null,
                    Data = (JsonObject?)
                        BulkReferences.Fill(
                            new JsonObject { ["schemas"] = new JsonArray(ScimUrn.PatchOp), ["Operations"] = operations },
                            _ids
                        ),
                    IsFollowUp = true,
                }
            )
            .ConfigureAwait(false);
        Note(
            operation,
            outcome.IsSuccess
                ? made with
                {
                    Version = outcome.Version ?? made.Version,
                    Body = null,
                }
                : Incomplete(made, step.Deferred.First(), outcome.Error?.Detail)
        );
    }

    private async Task<BulkOutcome> FillAndCallAsync(BulkStep step)
    {
        var filled = Filled(step);
        return filled.Method == BulkMethod.Patch && BulkReferences.IsLeft(filled.Data)
            ? BulkOutcome.Refused(ScimError.InvalidPath("A reference to a bulkId stands in a path where it cannot be read."))
            : await CallAsync(filled).ConfigureAwait(false);
    }

    private async Task<BulkOutcome> CallAsync(BulkOperation operation)
    {
        var outcome = await _run(operation).ConfigureAwait(false);
        _isOver |= outcome.EndsRun;
        return outcome;
    }

    /// <summary>Why an operation cannot be handed on, or null.</summary>
    private ScimError? Refusal(BulkStep step)
    {
        if (step.Operation.Error is { } malformed)
        {
            return malformed;
        }
        var unset = BulkReferences.Of(step.Operation).FirstOrDefault(name => !_ids.ContainsKey(name) && !step.Deferred.Contains(name));
        return unset is null ? null
            : _makers.Contains(unset) ? ScimError.Conflict($"It refers to bulkId '{Json.Short(unset)}', which was not made.")
            : ScimError.InvalidValue($"It refers to bulkId '{Json.Short(unset)}', which no POST of this request has.");
    }

    private BulkOperation Filled(BulkStep step)
    {
        var operation = step.Operation;
        var data = (JsonObject?)operation.Data?.DeepClone();
        if (step.Deferred.Count > 0 && data is not null)
        {
            _later[operation.Index] = BulkReferences.TakeOut(data, operation.Type!, step.Deferred);
        }
        var id = BulkReferences.Named(operation.ResourceId) is { } name ? _ids[name] : operation.ResourceId;
        return operation with
        {
            ResourceId = id,
            Path = id is null ? operation.Type!.Endpoint : $"{operation.Type!.Endpoint}/{id}",
            Data = (JsonObject?)BulkReferences.Fill(data, _ids),
        };
    }

    /// <summary>The resource is there, a reference of it is not: said as 409, with the address, so that nothing is hidden.</summary>
    private static BulkOutcome Incomplete(BulkOutcome made, string name, string? reason = null) =>
        made with
        {
            Status = 409,
            Body = null,
            Error = ScimError.Conflict(
                $"It was made, but its reference to bulkId '{Json.Short(name)}' could not be set. {reason}".TrimEnd()
            ),
        };

    private void Note(BulkOperation operation, BulkOutcome outcome)
    {
        _outcomes[operation.Index] = outcome;
        _errors += outcome.IsSuccess ? 0 : 1;
    }

    private BulkResponse Finish()
    {
        foreach (var index in _later.Keys)
        {
            if (_outcomes[index] is { IsSuccess: true } made)
            {
                // stopped in the middle of a circle
                _outcomes[index] = Incomplete(made, _plan.Steps.First(step => step.Operation.Index == index).Deferred.First());
            }
        }
        var results = new List<BulkResult>();
        foreach (var operation in _plan.Request.Operations)
        {
            if (_outcomes[operation.Index] is { } outcome)
            {
                results.Add(
                    new BulkResult(operation.Verb, operation.BulkId, outcome with { Location = outcome.Location ?? Location(operation) })
                );
            }
        }
        return new BulkResponse(results);
    }

    /// <summary>
    /// Every result has an address except that of a POST which made nothing (RFC 7644, section 3.7). A path that leads nowhere is shown
    /// as it was written, below the base URL whatever it says.
    /// </summary>
    private string? Location(BulkOperation operation)
    {
        if (operation.Method == BulkMethod.Post)
        {
            return null;
        }
        var id = BulkReferences.Named(operation.ResourceId) is { } name
            ? _ids.GetValueOrDefault(name, operation.ResourceId!)
            : operation.ResourceId;
        var parts =
            operation.Type is { } type && id is not null
                ? [type.Endpoint.TrimStart('/'), id]
                : operation.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString);
        return string.Join('/', [_baseUrl, .. parts.Where(part => part is not ("." or "..")).Select(Uri.EscapeDataString)]);
    }
}

using Microsoft.AspNetCore.Components;

namespace UserManagement.Ui.Parts;

/// <summary>What all inputs share. Inside a <see cref="Field"/> nothing but the value needs to be given.</summary>
public abstract class InputPart : ComponentBase
{
    /// <summary>The field around the input; null when it stands alone.</summary>
    [CascadingParameter]
    public FieldScope? Scope { get; set; }

    /// <summary>Form name; null takes the field's.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>Id; null takes the field's.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>The value shown; null for empty.</summary>
    [Parameter]
    public string? Value { get; set; }

    /// <summary>True greys it out and leaves it out of the form.</summary>
    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>Further attributes: autocomplete, placeholder, maxlength, autofocus, inputmode, pattern, aria-label.</summary>
    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object>? More { get; set; }

    /// <summary>Id that is rendered.</summary>
    protected string? RenderedId => Id ?? Scope?.Id;

    /// <summary>Name that is rendered.</summary>
    protected string? RenderedName => Name ?? Scope?.Name;

    /// <summary>aria-invalid as text, or null.</summary>
    protected string? Invalid => Scope is { Invalid: true } ? "true" : null;

    /// <summary>aria-describedby, or null.</summary>
    protected string? DescribedBy => Scope?.DescribedBy;

    /// <summary>Whether the input is required.</summary>
    protected bool Required => Scope is { Required: true };
}

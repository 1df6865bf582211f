namespace UserManagement.Ui.Parts;

/// <summary>What a <see cref="Field"/> tells the input inside it.</summary>
/// <param name="Id">Id of the input.</param>
/// <param name="Name">Form name of the input.</param>
/// <param name="DescribedBy">Ids of hint and error, or null when there is neither.</param>
/// <param name="Invalid">True when the field has an error.</param>
/// <param name="Required">True when the field must be filled.</param>
public sealed record FieldScope(string Id, string Name, string? DescribedBy, bool Invalid, bool Required);

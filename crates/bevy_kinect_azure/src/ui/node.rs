//! The UI node that shows an output, and the child node that holds the picture.

use bevy::ecs::lifecycle::HookContext;
use bevy::ecs::world::DeferredWorld;
use bevy::prelude::*;
use bevy::render::render_resource::TextureSampleType;
use bevy::render::renderer::RenderDevice;
use bevy::ui::widget::NodeImageMode;

use super::fill::ImageFill;
use super::grey::GreyMaterial;
use crate::image_output::{OutputDiagnostics, OutputImage, OutputImageChanged};

/// Shows an image output in a UI node, with the aspect ratio of
/// [`OutputDiagnostics::aspect`](crate::image_output::OutputDiagnostics::aspect).
///
/// ```
/// # use bevy::prelude::*;
/// # use bevy_kinect_azure::prelude::*;
/// fn show(mut commands: Commands, output: Single<Entity, With<ImageOutput>>) {
///     commands.spawn((
///         Node { width: percent(50), height: percent(50), ..default() },
///         KinectImageNode { output: *output, fill: ImageFill::FitOutside },
///     ));
/// }
/// ```
///
/// The picture is a child of the node and is placed within its padding, one frame after the node's own size has changed. When the
/// output gets a new handle, the node takes it by itself. The node is empty while the output does not exist, has no image, or has a
/// format that this GPU cannot filter (32-bit floating point on some: choose false colours or another format).
///
/// Images of one channel (infrared, player index, depth in [`PixelFormat::R16`](crate::image_output::PixelFormat) and so on) are
/// shown as grey, 0 black and 1 white: depth in metres is white from one metre on. A sprite or a material shows such an image in
/// red, because GPUs sample its one channel as red: choose false colours for display.
///
/// The plugin sets the node's `overflow` to clip.
#[derive(Component, Reflect, Clone, Copy, Debug, PartialEq, Eq)]
#[type_path = "bevy_kinect_azure::ui"]
#[reflect(Component, Default, Debug, PartialEq)]
#[require(Node)]
#[component(on_add = add_picture, on_remove = remove_picture)]
pub struct KinectImageNode {
    /// The entity with the [`ImageOutput`](crate::ImageOutput).
    #[entities]
    pub output: Entity,
    /// How its image fills the node.
    pub fill: ImageFill,
}

impl Default for KinectImageNode {
    /// A node without an output: it shows nothing.
    fn default() -> Self {
        Self {
            output: Entity::PLACEHOLDER,
            fill: ImageFill::default(),
        }
    }
}

/// The child that shows the image.
#[derive(Component)]
pub(super) struct Picture;

/// The app's own `ImageNode`s take an output's new image; [`place_pictures`] does the same for the plugin's nodes.
pub(super) fn follow_outputs(
    mut changes: MessageReader<OutputImageChanged>,
    mut nodes: Query<&mut ImageNode, Without<Picture>>,
) {
    for change in changes.read() {
        for mut node in &mut nodes {
            if node.image == change.old {
                node.image = change.new.clone();
            }
        }
    }
}

fn add_picture(mut world: DeferredWorld, context: HookContext) {
    world.commands().spawn((
        Picture,
        stretched(Handle::default()),
        Node {
            position_type: PositionType::Absolute,
            display: Display::None,
            ..default()
        },
        ChildOf(context.entity),
    ));
}

/// Removes the picture when a node loses its `KinectImageNode`.
fn remove_picture(mut world: DeferredWorld, context: HookContext) {
    let children = world
        .get::<Children>(context.entity)
        .map(|children| children.to_vec())
        .unwrap_or_default();
    for child in children {
        if world.get::<Picture>(child).is_some() {
            world.commands().entity(child).try_despawn();
        }
    }
}

/// The components that show a picture.
type Shown = (
    Option<&'static mut ImageNode>,
    Option<&'static MaterialNode<GreyMaterial>>,
);

/// Places pictures in their nodes, with the images of their outputs.
pub(super) fn place_pictures(
    mut nodes: Query<(&KinectImageNode, &ComputedNode, &mut Node), Without<Picture>>,
    mut pictures: Query<(Entity, &ChildOf, &mut Node, Shown), With<Picture>>,
    outputs: Query<(&OutputImage, &OutputDiagnostics)>,
    device: Option<Res<RenderDevice>>,
    mut greys: Option<ResMut<Assets<GreyMaterial>>>,
    mut commands: Commands,
) {
    for (entity, parent, mut node, (image, grey)) in &mut pictures {
        let Ok((shown, area, mut around)) = nodes.get_mut(parent.parent()) else {
            continue;
        };
        if around.overflow != Overflow::clip() {
            around.overflow = Overflow::clip();
        }
        let output = outputs
            .get(shown.output)
            .ok()
            .filter(|(output, _)| can_be_shown(output, device.as_deref()));
        // Children are placed from the inner edge of the border.
        let (start, end) = (area.padding.min_inset, area.padding.max_inset);
        let inside = area.size - area.border.min_inset - area.border.max_inset - start - end;
        let rect = output.map_or_else(Rect::default, |(_, about)| {
            shown.fill.rect(inside, about.resolution, about.aspect)
        });
        let mut wanted = node.clone();
        wanted.display = if rect.is_empty() {
            Display::None
        } else {
            Display::Flex
        };
        let logical = |physical: f32| Val::Px(physical * area.inverse_scale_factor);
        wanted.left = logical(start.x + rect.min.x);
        wanted.top = logical(start.y + rect.min.y);
        wanted.width = logical(rect.width());
        wanted.height = logical(rect.height());
        node.set_if_neq(wanted);
        let handle = output.map_or_else(Handle::default, |(output, _)| output.image.clone());
        let mut picture = commands.entity(entity);
        match &mut greys {
            Some(greys) if output.is_some_and(|(output, _)| has_one_channel(output)) => {
                let is_shown = grey
                    .and_then(|grey| greys.get(&grey.0))
                    .is_some_and(|grey| grey.image == handle);
                if !is_shown {
                    let grey = greys.add(GreyMaterial { image: handle });
                    picture.remove::<ImageNode>().insert(MaterialNode(grey));
                }
            }
            _ => {
                if grey.is_some() {
                    picture.remove::<MaterialNode<GreyMaterial>>();
                }
                match image {
                    Some(image) if image.image == handle => {}
                    Some(mut image) => image.image = handle,
                    None => {
                        picture.insert(stretched(handle));
                    }
                }
            }
        }
    }
}

/// The UI samples every image with a filter, which some formats do not allow on some GPUs.
fn can_be_shown(output: &OutputImage, device: Option<&RenderDevice>) -> bool {
    let (Some(format), Some(device)) = (output.format(), device) else {
        return false;
    };
    let sampled = format.sample_type(None, Some(device.features()));
    sampled == Some(TextureSampleType::Float { filterable: true })
}

fn has_one_channel(output: &OutputImage) -> bool {
    output
        .format()
        .is_some_and(|format| format.components() == 1)
}

fn stretched(image: Handle<Image>) -> ImageNode {
    ImageNode {
        image,
        image_mode: NodeImageMode::Stretch,
        ..default()
    }
}
